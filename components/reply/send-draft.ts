import { reply, settleDelivery, type Answer, type DeskFailure } from "@/components/client/desk-api";
import { withName } from "@/components/conversation/people";
import type { Expected } from "@/components/client/use-shown";
import type { MailPerson } from "@/lib/api/vocabulary";
import { ok, type Result } from "@/lib/result";
import { isSameAddress } from "./address-list";
import type { Draft } from "./draft";
import type { Notice } from "./notice";

/** How the page shows the ticket once it shows the reply; null if nothing was accepted. */
export function afterReply(outcome: Result<Notice | null, DeskFailure>): Expected {
  const notice = outcome.ok ? outcome.value : null;
  return notice?.kind === "accepted" ? ({ lastMessageId }) => lastMessageId === notice.messageId : null;
}

export type SendOptions = { key: string; signal: AbortSignal };

/** Sends the draft under its own key; or retries the stored reply that failed, with null as the notice. */
export async function sendDraft(
  threadId: string,
  { text, then, seen, key, failedAs, sentTo, edits }: Draft,
  options: SendOptions,
): Answer<Notice | null> {
  if (failedAs) {
    const outcome = await settleDelivery({ messageId: failedAs, action: "retry" }, options);
    return outcome.ok ? ok(null) : outcome;
  }
  const { to = [], cc = [], recipientsRevision } = sentTo ?? {};
  const isAdded = (person: MailPerson) => edits.some((edit) => edit.isAdded && isSameAddress(edit, person));
  const written = (person: MailPerson) => (isAdded(person) ? withName(person) : person.address);
  const addressed = { to: to.map(written), cc: cc.map(written), recipientsRevision };
  const body = { threadId, text, lastSeenMessageId: seen, status: then, ...addressed };
  const outcome = await reply(body, { ...options, key });
  if (!outcome.ok) return outcome;
  const { delivery, messageId } = outcome.value;
  return ok({ kind: "accepted", delivery, messageId, people: [...to, ...cc] });
}
