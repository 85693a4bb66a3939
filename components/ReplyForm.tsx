"use client";
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import { DraftMark } from "@/components/reply/DraftMark";
import { EarlierVersion } from "@/components/reply/EarlierVersion";
import { NewerMessages } from "@/components/reply/NewerMessages";
import { otherAssignee } from "@/components/reply/other-assignee";
import { Recipient } from "@/components/reply/Recipient";
import { recipientOf } from "@/components/reply/recipient-of";
import { ReplyFoot } from "@/components/reply/ReplyFoot";
import { ReplyState } from "@/components/reply/ReplyState";
import { ReplyText } from "@/components/reply/ReplyText";
import { useReply } from "@/components/reply/use-reply";
import { useMember } from "@/components/client/Member";
import { classNames } from "@/components/ui/class-names";
import { firstNameOf } from "@/components/ui/people";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";

type Props = {
  ticket: Ticket;
  messages: TicketMessage[];
  refresh: () => Promise<unknown>;
  /** `card` stands at the end of a conversation, `sheet` at the foot of a phone. */
  layout?: "card" | "sheet";
};

const FRAMES = {
  card: "rounded-card border border-line-strong shadow-composer has-[textarea:focus]:border-mine-line",
  sheet:
    "rounded-t-sheet border-t border-line shadow-[0_-8px_24px_-12px_light-dark(rgb(40_32_20/.14),rgb(0_0_0/.6))] md:rounded-card md:border md:border-line-strong md:shadow-composer md:has-[textarea:focus]:border-mine-line",
};

/** Where a reply is written and sent. Shows who holds the ticket, what else was written, and what became of it. */
export function ReplyForm({ ticket, messages, refresh, layout = "card" }: Props) {
  const reader = useMember();
  const reply = useReply(ticket, messages, refresh);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = reply.draft?.text ?? "";
  const to = recipientOf(ticket, messages);
  const customer = firstNameOf(ticket.fromName ?? (to || ticket.from));
  const holder = otherAssignee(ticket, reader.id);
  const { notice, beside } = reply;

  const keepTyped = useEffectEvent(() => reply.keepTyped(field.current?.value ?? ""));
  useLayoutEffect(() => keepTyped(), []);
  useEffect(() => {
    if (window.location.hash === "#reply") field.current?.focus();
  }, []);

  if (reader.role === "viewer") return null;
  return (
    <section
      id="reply"
      aria-label={`Reply to ${ticket.fromName ?? ticket.from}`}
      className={classNames("@container relative bg-raised", FRAMES[layout])}
    >
      <ReplyState reply={reply} ticket={ticket} messages={messages} holder={holder} />
      <div
        className={classNames(
          "grid grid-cols-1",
          (beside || notice?.kind === "key_reused") && "@min-[600px]:grid-cols-[minmax(0,1fr)_288px]",
        )}
      >
        <div className="px-4 py-3">
          <p className="mb-2 flex min-h-4 items-center justify-between gap-3 text-small text-ink-3">
            <span className="min-w-0 truncate">
              {layout === "card" ? "Your reply" : <Recipient address={to} />}
            </span>
            <DraftMark hasText={text !== ""} isOnDevice={reply.isOnDevice} />
          </p>
          <ReplyText
            ref={field}
            text={text}
            placeholder={holder ? "What you write here is kept on this device" : `Write to ${customer}`}
            isSending={reply.isSending}
            layout={layout}
            onWrite={reply.write}
            onSend={() => !holder && reply.send()}
          />
        </div>
        {beside && <NewerMessages messages={beside.messages} />}
        {notice?.kind === "key_reused" && <EarlierVersion text={notice.acceptedText} />}
      </div>
      {!holder && (
        <ReplyFoot
          reply={reply}
          to={to}
          layout={layout}
          isNext={layout === "sheet" || ticket.assignedTo !== null || text !== ""}
        />
      )}
    </section>
  );
}
