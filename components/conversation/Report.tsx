"use client";
import { useId, useState } from "react";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { MessageText } from "./MessageText";

type Props = { mail: TicketMessage; /** What to call it: "report". */ name: string };

const BUTTON =
  "min-h-6 font-medium text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink max-md:min-h-11";

/** A mail that is no card of the conversation: its text on a press, and the mail as it arrived. Nothing for a row of ours. */
export function Report({ mail, name }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  if (mail.direction !== "inbound") return null;
  return (
    <div className="grid gap-2 text-small">
      <p className="flex flex-wrap gap-x-4">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setIsOpen(!isOpen)}
          className={BUTTON}
        >
          {isOpen ? `Hide the ${name}` : `Show the ${name}`}
        </button>
        {mail.ledgerId && (
          <a
            href={`/api/emails/inbound/${mail.ledgerId}/raw`}
            className={`${BUTTON} inline-flex items-center`}
          >
            Download the mail as it arrived
          </a>
        )}
      </p>
      <div id={id} hidden={!isOpen} className="border-l-2 border-line-strong pl-3 text-ink-2">
        {isOpen && <MessageText message={mail} isPlain />}
      </div>
    </div>
  );
}
