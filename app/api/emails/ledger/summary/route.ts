import { summariseLedger } from "@/lib/inbound/ledger-list";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, type LedgerSummaryResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/emails/ledger/summary", async (request) => {
  readQuery(request, EmptyQuery);
  return answer<LedgerSummaryResponse>(await summariseLedger());
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
