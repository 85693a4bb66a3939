import { z } from "zod";
import { openAttachment } from "@/lib/inbound/attachments";
import { readParams, readQuery } from "@/lib/http/body";
import { downloadResponse } from "@/lib/http/download";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { withTeamMember } from "@/lib/http/route";
import { ContentId, EmptyQuery } from "@/lib/api/contracts";

const AttachmentPath = z.object({
  messageId: ContentId,
  index: z
    .string()
    .regex(/^\d{1,3}$/, "The attachment is named by its place in the list, from 0.")
    .transform(Number),
});

export const GET = withTeamMember(
  "GET /api/emails/messages/[messageId]/attachments/[index]",
  async (request, _member, context) => {
    const { messageId, index } = await readParams(context, AttachmentPath);
    readQuery(request, EmptyQuery);
    const attachment = await openAttachment(messageId, index);
    if (!attachment) throw new Refusal("not_found", "There is no such attachment.");
    return downloadResponse(attachment);
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
