import { listLedger } from "@/lib/inbound/ledger-list";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { LedgerQuery, type LedgerResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/emails/ledger", async (request) => {
  const query = readQuery(request, LedgerQuery);
  return answer<LedgerResponse>(await listLedger(query));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
