"use client";
import { useId, type ReactNode } from "react";
import { MessageText } from "@/components/conversation/MessageText";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { authorOf } from "./newer-messages";

type Props = {
  newer?: TicketMessage[];
  /** The text that the desk accepted under this reply's key before it was changed. */
  accepted?: string;
};

/** The messages to read before sending, beside the text or above it on a narrow page. */
export function BesideText({ newer, accepted }: Props) {
  const reader = useMember();
  return (
    <>
      {newer && (
        <Panel name="Written meanwhile" className="bg-surface">
          {newer.map((message) => (
            <Newer key={message._id} title={`New from ${authorOf(message, reader.id)}`} message={message} />
          ))}
        </Panel>
      )}
      {accepted !== undefined && (
        <Panel name="Accepted before" className="bg-ours">
          <h3 className="mb-2 text-small font-medium text-ink-3">Accepted before</h3>
          <p dir="auto" className="text-read wrap-anywhere whitespace-pre-wrap">
            {accepted}
          </p>
        </Panel>
      )}
    </>
  );
}

type PanelProps = { name: string; className: string; children: ReactNode };

function Panel({ name, className, children }: PanelProps) {
  return (
    <aside
      aria-label={name}
      className={classNames(
        "order-first max-h-60 overflow-y-auto border-b border-line px-4 py-3 @min-[600px]:order-last",
        "@min-[600px]:max-h-90 @min-[600px]:border-b-0 @min-[600px]:border-l",
        className,
      )}
    >
      {children}
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
      <MessageText message={message} className="text-read" />
    </section>
  );
}
