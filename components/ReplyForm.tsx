"use client";
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import { BesideText } from "@/components/reply/BesideText";
import { DraftMark } from "@/components/reply/DraftMark";
import { ReplyFoot } from "@/components/reply/ReplyFoot";
import { ReplyState } from "@/components/reply/ReplyState";
import { ReplyText } from "@/components/reply/ReplyText";
import { useReply } from "@/components/reply/use-reply";
import { useMember } from "@/components/client/Member";
import type { Expected } from "@/components/client/use-shown";
import { classNames } from "@/components/ui/class-names";
import { firstNameOf } from "@/components/ui/people";
import { otherAssignee, senderName, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";

type Props = {
  ticket: Ticket;
  messages: TicketMessage[];
  refresh: (isExpected?: Expected) => Promise<unknown>;
  /** `card` stands at the end of a conversation, `sheet` at the foot of a phone. */
  layout?: "card" | "sheet";
};

const FRAMES = {
  card: "rounded-card border border-line-strong shadow-composer has-[textarea:focus]:border-mine-line",
  sheet:
    "rounded-t-sheet border-t border-line shadow-[0_-8px_24px_-12px_light-dark(rgb(40_32_20/.14),rgb(0_0_0/.6))] md:rounded-card md:border md:border-line-strong md:shadow-composer md:has-[textarea:focus]:border-mine-line",
};

/** Where a reply is written and sent. Shows who else holds the ticket, newer messages, and the outcome. */
export function ReplyForm({ ticket, messages, refresh, layout = "card" }: Props) {
  const reader = useMember();
  const reply = useReply(ticket, messages, refresh);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = reply.draft?.text ?? "";
  const to = recipientOf(ticket, messages);
  const recipient = to ? (
    <>
      To <b className="font-medium text-ink-2">{to}</b>
    </>
  ) : (
    "This ticket has no address that mail can be sent to"
  );
  const other = otherAssignee(ticket, reader.id);
  const accepted = reply.notice?.kind === "key_reused" ? reply.notice.acceptedText : undefined;

  const keepTyped = useEffectEvent(() => reply.keepTyped(field.current?.value ?? ""));
  useLayoutEffect(() => keepTyped(), []);
  useEffect(() => {
    if (window.location.hash === "#reply") field.current?.focus();
  }, []);

  if (reader.role === "viewer") return null;
  return (
    <section
      id="reply"
      aria-label={`Reply to ${senderName(ticket)}`}
      className={classNames(
        // A banner on top stays within the rounded corners.
        "@container relative bg-raised *:first:rounded-t-[9px] max-md:*:first:rounded-t-[13px]",
        FRAMES[layout],
      )}
    >
      <ReplyState reply={reply} ticket={ticket} messages={messages} otherAssignee={other} />
      <div
        className={classNames(
          "grid grid-cols-1",
          (reply.beside || accepted !== undefined) && "@min-[600px]:grid-cols-[minmax(0,1fr)_288px]",
        )}
      >
        <div className="px-4 py-3">
          <p className="mb-2 flex min-h-4 items-center justify-between gap-3 text-small text-ink-3">
            <span className="min-w-0 truncate">{layout === "card" ? "Your reply" : recipient}</span>
            <DraftMark hasText={text !== ""} isOnDevice={reply.isOnDevice} />
          </p>
          <ReplyText
            ref={field}
            text={text}
            placeholder={
              other
                ? "Your text is kept on this device"
                : `Write to ${firstNameOf(ticket.fromName ?? (to || ticket.from))}`
            }
            isSending={reply.isSending}
            layout={layout}
            onWrite={reply.write}
            onSend={() => !other && reply.send()}
          />
        </div>
        <BesideText newer={reply.beside?.messages} accepted={accepted} />
      </div>
      {!other && (
        <ReplyFoot
          reply={reply}
          recipient={recipient}
          layout={layout}
          isNext={layout === "sheet" || ticket.assignedTo !== null || text !== ""}
        />
      )}
    </section>
  );
}

/** The address that the customer's last mail asks for, else its sender, else the ticket's; null if there is none. */
function recipientOf(ticket: Ticket, messages: TicketMessage[]): string | null {
  const received = messages.filter((message) => message.direction === "inbound");
  const answered = received.findLast((message) => !message.automatic) ?? received.at(-1);
  const candidates = [answered?.replyTo, answered?.from, ticket.from];
  const isCustomers = (address: string | null | undefined): address is string =>
    !!address?.includes("@") && address.toLowerCase() !== ticket.inbox.toLowerCase();
  return candidates.find(isCustomers) ?? null;
}
