import { readBody } from "@/lib/http/body";
import { readCustomer } from "@/lib/http/customer";
import { archiveResponse } from "@/lib/http/download";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { countCustomer } from "@/lib/privacy/count";
import { exportCustomer } from "@/lib/privacy/export";
import { recordAudit } from "@/lib/team/audit";
import { ExportRequest, type PrivacyCountsResponse } from "@/lib/api/contracts";

export const POST = withTeamMember("POST /api/privacy/export", async (request, member) => {
  const { address, dryRun } = await readBody(request, ExportRequest);
  const customer = await readCustomer(address);
  const counts = await countCustomer(customer);
  if (dryRun) return answer<PrivacyCountsResponse>({ counts });
  await recordAudit({
    by: member,
    action: "customer_exported",
    subject: customer.hash,
    details: { ...counts },
  });
  return archiveResponse("customer-export.zip", exportCustomer(customer, counts));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
