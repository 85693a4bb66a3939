"use client";
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";
import { BesideText } from "@/components/reply/BesideText";
import { DraftMark } from "@/components/reply/DraftMark";
import { Recipients } from "@/components/reply/Recipients";
import { ReplyFoot } from "@/components/reply/ReplyFoot";
import { ReplyState } from "@/components/reply/ReplyState";
import { personName } from "@/components/reply/recipient-words";
import { ReplyText } from "@/components/reply/ReplyText";
import { useReply } from "@/components/reply/use-reply";
import { useMember } from "@/components/client/Member";
import { useTextOffer } from "@/components/conversation/text-offer";
import type { Expected } from "@/components/client/use-shown";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { firstNameOf } from "@/components/ui/people";
import type { Conversation } from "@/lib/api/contracts";
import { otherAssignee, senderName, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";

type Props = {
  ticket: Ticket;
  /** Whom a reply goes to, as it came with the ticket. */
  conversation: Conversation;
  messages: TicketMessage[];
  refresh: (isExpected?: Expected) => Promise<unknown>;
  /** `card` stands at the end of a conversation, `sheet` at the foot of a phone. */
  layout?: "card" | "sheet";
};

const FRAMES = {
  card: "rounded-card border border-line-strong shadow-composer has-[textarea:focus]:border-mine-line",
  sheet: classNames(
    "rounded-t-sheet border-t border-line shadow-[0_-8px_24px_-12px_light-dark(rgb(40_32_20/.14),rgb(0_0_0/.6))]",
    "md:rounded-card md:border md:border-line-strong md:shadow-composer md:has-[textarea:focus]:border-mine-line",
    // It sticks to the foot of the window: higher than the window, its top could never be reached.
    "max-md:has-[[data-tall]:not([hidden])]:max-h-[88dvh] max-md:has-[[data-tall]:not([hidden])]:overflow-y-auto",
  ),
};

/** Where a reply is written and sent. Shows who else holds the ticket, newer messages, and the outcome. */
export function ReplyForm({ ticket, conversation, messages, refresh, layout = "card" }: Props) {
  const reader = useMember();
  const reply = useReply(ticket, conversation, messages, refresh);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = reply.draft?.text ?? "";
  const { recipients } = reply;
  const [first] = recipients.addressed.to;
  const other = otherAssignee(ticket, reader.id);
  const accepted = reply.notice?.kind === "key_reused" ? reply.notice.acceptedText : undefined;

  const sent = (reply.notice?.kind === "same_text" && reply.notice.sent) || undefined;
  const mark = <DraftMark hasText={text !== ""} isOnDevice={reply.isOnDevice} />;

  const keepTyped = useEffectEvent(() => reply.keepTyped(field.current?.value ?? ""));
  useLayoutEffect(() => keepTyped(), []);
  useEffect(() => {
    if (window.location.hash === "#reply") field.current?.focus();
  }, []);

  useTextOffer(ticket._id, (offer) => {
    const isTaken = !other && reply.takeText(offer);
    field.current?.focus();
    return isTaken;
  });

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
      {layout === "card" && (
        <p className="flex h-10.5 items-center gap-[7px] border-b border-line px-4 font-medium">
          <Icon name="reply" className="text-ink-3" />
          <span className="flex-1">Reply</span>
          {mark}
        </p>
      )}
      <Recipients
        threadId={ticket._id}
        recipients={recipients}
        isEditable={!other}
        isSending={reply.isSending}
        isFolded={layout === "sheet"}
        isUrgent={
          recipients.problem !== null ||
          recipients.change !== "" ||
          reply.notice?.kind === "recipients_changed"
        }
        mark={mark}
        onSend={reply.send}
      />
      <div
        className={classNames(
          "grid grid-cols-1",
          (reply.beside || sent || accepted !== undefined) && "@min-[600px]:grid-cols-[minmax(0,1fr)_288px]",
        )}
      >
        <div className="px-4 py-3">
          <ReplyText
            ref={field}
            text={text}
            placeholder={
              other
                ? "Your text is kept on this device"
                : `Write to ${firstNameOf(first ? personName(first) : senderName(ticket))}`
            }
            isSending={reply.isSending}
            layout={layout}
            onWrite={reply.write}
            onSend={() => !other && reply.send()}
          />
        </div>
        <BesideText newer={reply.beside?.messages} sent={sent} accepted={accepted} />
      </div>
      {!other && (
        <ReplyFoot
          reply={reply}
          layout={layout}
          isNext={layout === "sheet" || ticket.assignedTo !== null || text !== ""}
        />
      )}
    </section>
  );
}
