import { readWholeText } from "@/lib/tickets/shown-messages";
import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { answer, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, MessagePath, type MessageTextResponse } from "@/lib/api/contracts";

export const GET = withTeamMember(
  "GET /api/emails/messages/[messageId]/text",
  async (request, _member, context) => {
    const { messageId } = await readParams(context, MessagePath);
    readQuery(request, EmptyQuery);
    const text = await readWholeText(messageId);
    if (!text) throw new Refusal("not_found", "There is no such message.");
    return answer<MessageTextResponse>(text);
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
