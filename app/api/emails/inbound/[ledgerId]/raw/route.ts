import { readRawMail } from "@/lib/inbound/ledger";
import { readParams, readQuery } from "@/lib/http/body";
import { downloadResponse } from "@/lib/http/download";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { respond, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, MailPath } from "@/lib/api/contracts";
import { isRawMailRemoved } from "@/lib/privacy/retention";
import { fail } from "@/lib/result";

export const GET = withTeamMember(
  "GET /api/emails/inbound/[ledgerId]/raw",
  async (request, _member, context) => {
    const { ledgerId } = await readParams(context, MailPath);
    readQuery(request, EmptyQuery);
    if (await isRawMailRemoved(ledgerId)) return respond(fail({ reason: "no_longer_kept" }), () => null);
    const content = await readRawMail(ledgerId);
    if (!content) throw new Refusal("not_found", "There is no such mail.");
    if (content.length === 0) throw new Refusal("not_found", "Nothing of this mail arrived.");
    return downloadResponse({
      filename: `mail-${ledgerId.slice(0, 12)}.eml`,
      contentType: "message/rfc822",
      sizeBytes: content.length,
      content,
    });
  },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
