import { retryMail } from "@/lib/inbound/retry-mail";
import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { Refusal } from "@/lib/http/refusal";
import { respond, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, MailPath, type RetryMailResponse } from "@/lib/api/contracts";

export const POST = withTeamMember(
  "POST /api/emails/inbound/[ledgerId]/retry",
  async (request, member, context) => {
    const { ledgerId } = await readParams(context, MailPath);
    readQuery(request, EmptyQuery);
    const outcome = await retryMail(ledgerId, readOperation(request, member));
    if (!outcome) throw new Refusal("not_found", "There is no such mail.");
    return respond(outcome, (): RetryMailResponse => ({ success: true, ledgerId }));
  },
);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
