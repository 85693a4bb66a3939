"use client";
import { useEffect, useRef, useState } from "react";
import { newActionKey, reply, settleDelivery } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { isSettledElsewhere, type Draft, type ReplyStatus } from "./draft";
import { useDraft } from "./draft-store";
import { messagesAfter } from "./newer-messages";
import { draftEventOf, noticeOf, type Beside, type Notice } from "./notice";
import { problemOf } from "./problem-of";

export type ReplyInHand = {
  draft: Draft | null;
  isOnDevice: boolean;
  notice: Notice | null;
  isSending: boolean;
  /** Newer messages that stand beside the text, read or to be read. */
  beside: Beside | null;
  /** Newer messages that arrived while this was written and were not looked at yet. */
  unread: TicketMessage[];
  write: (text: string) => void;
  /** Keeps what was typed into the page before it was ready to listen. */
  keepTyped: (typed: string) => void;
  choose: (then: ReplyStatus) => void;
  showUnread: () => void;
  send: () => Promise<void>;
};

/** A member's reply to a ticket, from the first letter to what became of it. The text is never lost on the way. */
export function useReply(
  ticket: Ticket,
  messages: TicketMessage[],
  refresh: () => Promise<unknown>,
): ReplyInHand {
  const member = useMember();
  const { draft, isOnDevice, update, current } = useDraft(ticket._id, member.id);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [beside, setBeside] = useState<Beside | null>(null);
  const [isSending, setIsSending] = useState(false);
  const [acceptedId, setAcceptedId] = useState<string | null>(null);
  const isBusy = useRef(false);

  const isShown = messages.some((message) => message._id === acceptedId);
  const newest = acceptedId && !isShown ? acceptedId : ticket.lastMessageId;
  const isUnread = draft?.text.trim() && !isSending && newest !== draft.seen && newest !== beside?.newest;
  const unread = draft && isUnread ? messagesAfter(messages, beside?.newest ?? draft.seen) : [];

  useEffect(() => {
    if (draft && !isSending && isSettledElsewhere(draft, messages, member.id)) {
      update({ kind: "accepted", messageId: null });
    }
  });

  function write(text: string) {
    update({ kind: "wrote", text, newest });
    if (notice?.kind === "accepted" || notice?.kind === "refused") setNotice(null);
  }

  function keepTyped(typed: string) {
    const kept = current()?.text ?? "";
    if (!kept.endsWith(typed)) write(kept === "" ? typed : `${kept}\n${typed}`);
  }

  function showUnread() {
    setBeside({ messages: [...(beside?.messages ?? []), ...unread], newest });
    setNotice(null);
    update({ kind: "saw", newest });
  }

  /** The draft as it goes out now, with what its writer has in front of them. */
  function draftToSend(): Draft | null {
    if (notice?.kind === "held") return update({ kind: "saw", newest: beside?.newest ?? null });
    if (notice?.kind !== "key_reused") return current();
    const accepted = messages.findLast(({ text }) => text === notice.acceptedText);
    return update({ kind: "renewed", newest: accepted?._id ?? current()?.seen ?? null });
  }

  async function send() {
    const problem = problemOf(current()?.text ?? "");
    if (problem) return setNotice({ kind: "refused", sentence: problem });
    if (isBusy.current) return;
    isBusy.current = true;
    setIsSending(true);
    const outgoing = draftToSend();
    if (outgoing) setNotice(await (outgoing.failedAs ? retry(outgoing.failedAs) : sendOff(outgoing)));
    setIsSending(false);
    isBusy.current = false;
    await refresh();
  }

  async function sendOff({ text, then, seen, key }: Draft): Promise<Notice> {
    update({ kind: "sent_off" });
    const body = { threadId: ticket._id, text, lastSeenMessageId: seen, status: then };
    const outcome = noticeOf(await reply(body, { key }));
    update(draftEventOf(outcome, { text, then }));
    if (outcome.kind === "held") setBeside(outcome.beside);
    if (outcome.kind === "accepted") {
      setAcceptedId(outcome.messageId);
      setBeside(null);
    }
    return outcome;
  }

  async function retry(messageId: string): Promise<Notice | null> {
    const outcome = await settleDelivery({ messageId, action: "retry" }, { key: newActionKey() });
    if (outcome.ok) return null;
    return outcome.failure.kind === "unreachable"
      ? { kind: "unanswered" }
      : { kind: "refused", sentence: outcome.failure.error };
  }

  return {
    draft,
    isOnDevice,
    notice: notice?.kind === "unanswered" && !draft ? null : notice,
    isSending,
    beside,
    unread,
    write,
    keepTyped,
    choose: (then) => void update({ kind: "chose", then }),
    showUnread,
    send,
  };
}
