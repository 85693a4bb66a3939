import { readFormattedMail } from "@/lib/tickets/formatted-mail";
import { readParams, readQuery } from "@/lib/http/body";
import { framedResponse } from "@/lib/http/framed";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { withTeamMember } from "@/lib/http/route";
import { EmptyQuery, MessagePath } from "@/lib/api/contracts";

export const GET = withTeamMember(
  "GET /api/emails/messages/[messageId]/formatted",
  async (request, _member, context) => {
    const { messageId } = await readParams(context, MessagePath);
    readQuery(request, EmptyQuery);
    const html = await readFormattedMail(messageId);
    if (html === null) throw new Refusal("not_found", "There is no such formatted mail.");
    return framedResponse(html);
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
