"use client";
import type { ReactNode } from "react";
import { MessageText } from "@/components/conversation/MessageText";
import { NewerMessages } from "@/components/conversation/NewerMessages";
import { classNames } from "@/components/ui/class-names";
import type { TicketMessage } from "@/lib/api/vocabulary";

type Props = {
  newer?: TicketMessage[];
  /** The reply of a moment ago with the same text. */
  sent?: TicketMessage;
  /** The text that the desk accepted under this reply's key before it was changed. */
  accepted?: string;
};

/** The messages to read before sending, beside the text or above it on a narrow page. */
export function BesideText({ newer, sent, accepted }: Props) {
  return (
    <>
      {newer && (
        <Panel name="Written meanwhile" className="bg-surface">
          <NewerMessages messages={newer} />
        </Panel>
      )}
      {sent && (
        <Panel name="Sent before" className="bg-ours">
          <h3 className="mb-2 text-small font-medium text-ink-3">Sent before</h3>
          <MessageText message={sent} className="text-read" />
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
