"use client";
import { useId } from "react";
import { MessageText } from "@/components/conversation/MessageText";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { authorOf } from "./newer-messages";

type Props = { messages: TicketMessage[] };

/** What was written meanwhile, whole, beside the text it may change; above it where there is no room. */
export function NewerMessages({ messages }: Props) {
  const reader = useMember();
  return (
    <aside
      aria-label="Written meanwhile"
      className="order-first max-h-60 overflow-y-auto border-b border-line bg-surface px-4 py-3 @min-[600px]:order-last @min-[600px]:max-h-90 @min-[600px]:border-b-0 @min-[600px]:border-l"
    >
      {messages.map((message) => (
        <Newer key={message._id} title={`New from ${authorOf(message, reader.id)}`} message={message} />
      ))}
    </aside>
  );
}

function Newer({ title, message }: { title: string; message: TicketMessage }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="not-last:mb-4">
      <h3 id={id} className="mb-2 flex items-center gap-1.5 text-small font-medium text-ink-3">
        <span aria-hidden="true" className="size-[7px] flex-none rounded-full bg-accent" />
        {title}
        <ClockTime at={message.sentAt} className="ml-auto font-normal" />
      </h3>
      <MessageText text={message.text} visibleText={message.visibleText} className="text-read" />
    </section>
  );
}
