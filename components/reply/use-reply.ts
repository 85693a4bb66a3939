"use client";
import { useEffect, useState } from "react";
import type { DeskFailure } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { Expected } from "@/components/client/use-shown";
import { useVerb } from "@/components/client/use-verb";
import type { Conversation } from "@/lib/api/contracts";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import type { Result } from "@/lib/result";
import { isAccepted, isSettledElsewhere, isTextOf } from "./accepted-draft";
import type { Draft, ReplyStatus } from "./draft";
import { useDraft } from "./draft-store";
import type { TextOffer } from "@/components/conversation/text-offer";
import { messagesAfter, pastOwnNotices } from "@/components/conversation/newer-messages";
import { draftEventOf, noticeOf, problemOf, type Beside, type Notice } from "./notice";
import { afterReply, sendDraft, type SendOptions } from "./send-draft";
import { useRecipients, type RecipientsInHand } from "./use-recipients";

/** The desk waits up to 8 s for the mail server before it answers. */
const ATTEMPT_MAX_MS = 10_000;

export type ReplyInHand = {
  draft: Draft | null;
  isOnDevice: boolean;
  recipients: RecipientsInHand;
  notice: Notice | null;
  isSending: boolean;
  /** It is not sent yet, since there is no connection. */
  isWaiting: boolean;
  /** Newer messages that are shown beside the text. */
  beside: Beside | null;
  /** Messages that arrived since the text was begun and are not shown beside it. */
  unread: TicketMessage[];
  write: (text: string) => void;
  /** Adds text that was typed before the page was ready to listen. */
  keepTyped: (typed: string) => void;
  /** Takes the text of a reply whose address was corrected; false if there is another draft. */
  takeText: (offer: TextOffer) => boolean;
  choose: (then: ReplyStatus) => void;
  showUnread: () => void;
  send: () => void;
  /** Gives up a reply that waits for a connection. */
  stopWaiting: () => void;
  discard: () => void;
};

/** A member's reply to a ticket, from the first letter to its outcome. The text is never lost. */
export function useReply(
  ticket: Ticket,
  conversation: Conversation,
  messages: TicketMessage[],
  refresh: (isExpected?: Expected) => Promise<unknown>,
): ReplyInHand {
  const member = useMember();
  const { draft, isOnDevice, update, current } = useDraft(ticket._id, member.id);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [beside, setBeside] = useState<Beside | null>(null);
  const [acceptedId, setAcceptedId] = useState<string | null>(null);
  const [told, setTold] = useState<Conversation | null>(null);
  const sending = useVerb({
    call: sendOff,
    refresh: (outcome) => refresh(afterReply(outcome)),
    onSettled: settle,
    attemptMaxMs: ATTEMPT_MAX_MS,
    retriesItself: false, // the draft keeps the text and the key, and its writer may want to change it first
  });
  const isSending = sending.pending !== null;
  const recipients = useRecipients(newerOf(conversation, told), {
    draft,
    isSending,
    update: (event) => {
      forgetNotice();
      return update(event);
    },
  });

  const isShown = messages.some((message) => message._id === acceptedId);
  const newest = acceptedId && !isShown ? acceptedId : ticket.lastMessageId;
  const isUnread = draft?.text.trim() && !isSending && newest !== draft.seen && newest !== beside?.newest;
  const unread = draft && isUnread ? messagesAfter(messages, beside?.newest ?? draft.seen) : [];

  // The form itself says that this reply failed.
  const failedSeen =
    draft?.failedAs && draft.seen === draft.failedAs ? pastOwnNotices(messages, draft.failedAs) : null;
  useEffect(() => {
    if (draft && !isSending && isSettledElsewhere(draft, messages, member.id)) {
      update({ kind: "accepted", messageId: null });
    } else if (failedSeen !== null && failedSeen !== draft?.seen) {
      update({ kind: "saw", newest: failedSeen });
    }
  });

  // The answer was lost, but the conversation shows that the desk has the reply.
  const isAnswered =
    notice?.kind === "unanswered" && (!draft || isAccepted(draft, notice.text, messages, member.id));

  const shown = isAnswered ? null : notice;
  // The failure stays on the page as long as the text is unchanged.
  const failed: Notice | null = draft?.failedAs ? { kind: "failed", messageId: draft.failedAs } : null;

  function write(text: string) {
    update({ kind: "wrote", text, newest, own: recipients.own });
    forgetNotice();
  }

  function forgetNotice() {
    if (notice?.kind === "accepted" || notice?.kind === "refused") setNotice(null);
  }

  function keepTyped(typed: string) {
    const kept = current()?.text ?? "";
    if (!kept.endsWith(typed)) write(kept === "" ? typed : `${kept}\n${typed}`);
  }

  function takeText({ text, dead }: TextOffer): boolean {
    const kept = current()?.text ?? "";
    if (text === "" || (kept.trim() !== "" && kept !== text)) return false;
    update({ kind: "readdressed", text, dead, newest, own: recipients.own });
    setNotice(null);
    return true;
  }

  function showUnread() {
    setBeside({ messages: [...(beside?.messages ?? []), ...unread], newest });
    setNotice(null);
    update({ kind: "saw", newest });
  }

  function discard() {
    update({ kind: "discarded" });
    setNotice(null);
  }

  /** The draft to send now. By pressing Send again, its writer has read what is shown beside it. */
  function draftToSend(): Draft | null {
    if (notice?.kind === "held") return update({ kind: "saw", newest: beside?.newest ?? null });
    if (notice?.kind === "same_text") return update({ kind: "saw", newest: notice.newest });
    if (notice?.kind !== "key_reused") return current();
    const accepted = messages.findLast((message) => isTextOf(message, notice.acceptedText));
    return update({ kind: "renewed", newest: accepted?._id ?? current()?.seen ?? null });
  }

  function send() {
    const problem = problemOf(current()?.text ?? "", recipients);
    if (problem) return setNotice(problem);
    if (sending.pending) return;
    const sentTo = recipients.takeTyped(); // as shown at this moment, with what was typed in full
    const outgoing = draftToSend();
    if (outgoing) sending.run({ ...outgoing, sentTo });
  }

  function sendOff(sent: Draft, options: SendOptions) {
    if (!sent.failedAs) update({ kind: "sent_off", sentTo: sent.sentTo });
    return sendDraft(ticket._id, sent, options);
  }

  function settle(outcome: Result<Notice | null, DeskFailure>, sent: Draft) {
    const next = outcome.ok ? outcome.value : noticeOf(outcome.failure, sent);
    setNotice(next);
    if (next?.kind === "recipients_changed") setTold(next.conversation);
    if (!next || sent.failedAs) return;
    // Its text was put into a new reply meanwhile, since an address was corrected.
    const isReplaced = next.kind === "failed" && current() !== null && current()?.key !== sent.key;
    if (isReplaced) return;
    update(draftEventOf(next, sent));
    if (next.kind === "held") setBeside(next.beside);
    if (next.kind !== "accepted") return;
    setAcceptedId(next.messageId);
    setBeside(null);
  }

  return {
    draft,
    isOnDevice,
    recipients,
    notice: shown && shown.kind !== "failed" ? shown : failed,
    isSending,
    isWaiting: sending.pending?.wait === "offline",
    beside,
    unread,
    write,
    keepTyped,
    takeText,
    choose: (then) => void update({ kind: "chose", then }),
    showUnread,
    send,
    stopWaiting: sending.reset,
    discard,
  };
}

/** The page may not have read again what a refusal told. */
function newerOf(conversation: Conversation, told: Conversation | null): Conversation {
  return told && told.recipientsRevision > conversation.recipientsRevision ? told : conversation;
}
