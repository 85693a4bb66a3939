"use client";
import { useEffect, useRef } from "react";
import { DraftMark } from "@/components/reply/DraftMark";
import { EarlierVersion } from "@/components/reply/EarlierVersion";
import { NewerMessages } from "@/components/reply/NewerMessages";
import { recipientOf } from "@/components/reply/recipient";
import { ReplyState } from "@/components/reply/ReplyState";
import { ReplyText } from "@/components/reply/ReplyText";
import { SendButton } from "@/components/reply/SendButton";
import { ThenMenu } from "@/components/reply/ThenMenu";
import { useReply } from "@/components/reply/use-reply";
import { useMember } from "@/components/shell/Member";
import { classNames } from "@/components/ui/class-names";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment, Ticket, TicketMessage } from "@/lib/tickets/ticket";

type Props = {
  ticket: Ticket;
  messages: TicketMessage[];
  refresh: () => Promise<unknown>;
  /** `card` stands at the end of a conversation, `sheet` at the foot of a phone. */
  layout?: "card" | "sheet";
};

const FRAMES = {
  card: "rounded-card border border-line-strong shadow-composer",
  sheet:
    "rounded-t-sheet border-t border-line shadow-[0_-8px_24px_-12px_light-dark(rgb(40_32_20/.14),rgb(0_0_0/.6))] md:rounded-card md:border md:border-line-strong md:shadow-composer",
};

/** Where a reply is written and sent. Shows who holds the ticket, what else was written, and what became of it. */
export function ReplyForm({ ticket, messages, refresh, layout = "card" }: Props) {
  const reader = useMember();
  const reply = useReply(ticket, messages, refresh);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = reply.draft?.text ?? "";
  const to = recipientOf(ticket, messages);
  const customer = firstNameOf(ticket.fromName ?? (to || ticket.from));
  const holder = otherHolder(ticket, reader.id);
  const { notice, beside } = reply;

  useEffect(() => {
    if (window.location.hash === "#reply") field.current?.focus();
  }, []);

  if (reader.role === "viewer") return null;
  const then = (
    <ThenMenu key="then" then={reply.draft?.then ?? "in_progress"} layout={layout} onChoose={reply.choose} />
  );
  const sendButton = (
    <SendButton
      key="send"
      reply={reply}
      layout={layout}
      isNext={layout === "sheet" || ticket.assignedTo !== null || text !== ""}
    />
  );
  return (
    <section
      id="reply"
      aria-label={`Reply to ${ticket.fromName ?? ticket.from}`}
      className={classNames("@container relative bg-raised", FRAMES[layout])}
    >
      <ReplyState reply={reply} ticket={ticket} messages={messages} holder={holder} />
      <div
        className={classNames(
          "grid",
          (beside || notice?.kind === "key_reused") && "@min-[600px]:grid-cols-[minmax(0,1fr)_288px]",
        )}
      >
        <div className="min-w-0 px-4 pt-3 pb-3">
          <p className="mb-2 flex min-h-4 items-center justify-between gap-3 text-small text-ink-3">
            <span className="min-w-0 truncate">{layout === "card" ? "Your reply" : <To address={to} />}</span>
            <DraftMark hasText={text !== ""} isOnDevice={reply.isOnDevice} />
          </p>
          <ReplyText
            ref={field}
            text={text}
            placeholder={holder ? "What you write here is kept on this device" : `Write to ${customer}`}
            isSending={reply.isSending}
            layout={layout}
            onWrite={reply.write}
            onSend={() => void (holder ?? reply.send())}
          />
        </div>
        {beside && <NewerMessages messages={beside.messages} />}
        {notice?.kind === "key_reused" && <EarlierVersion text={notice.acceptedText} />}
      </div>
      {!holder && (
        <div
          className={classNames(
            "flex items-center gap-2",
            layout === "card"
              ? "flex-wrap border-t border-line py-2.5 pr-3 pl-4"
              : "flex-row-reverse px-4 pb-[max(1rem,env(safe-area-inset-bottom))] max-md:flex-row md:border-t md:border-line md:py-2.5 md:pr-3",
          )}
        >
          {layout === "card" && (
            <span className="min-w-40 flex-1 truncate text-small text-ink-3">
              <To address={to} />
            </span>
          )}
          {layout === "card" ? [then, sendButton] : [sendButton, then]}
        </div>
      )}
    </section>
  );
}

function To({ address }: { address: string | null }) {
  if (!address) return "This ticket has no address that mail can be sent to";
  return (
    <>
      To <b className="font-medium text-ink-2">{address}</b>
    </>
  );
}

function otherHolder(ticket: Ticket, readerId: string): Assignment | null {
  const { assignedTo, assignedToEmail, assignedToName, claimedAt } = ticket;
  if (!assignedTo || assignedTo === readerId) return null;
  return {
    assignedTo,
    assignedToEmail: assignedToEmail ?? "",
    assignedToName: assignedToName || assignedToEmail || assignedTo,
    claimedAt: claimedAt ?? ticket.receivedAt,
  };
}
