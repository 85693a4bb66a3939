import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { HistoryQuery, ThreadPath, type HistoryResponse } from "@/lib/api/contracts";
import { readHistoryPage } from "@/lib/tickets/history";

export const GET = withTeamMember(
  "GET /api/emails/tickets/[threadId]/history",
  async (request, _member, context) => {
    const { threadId } = await readParams(context, ThreadPath);
    const { cursor } = readQuery(request, HistoryQuery);
    return respond(await readHistoryPage(threadId, cursor), (page): HistoryResponse => page);
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
