"use client";
import { useId, useState } from "react";
import { Icon } from "@/components/ui/Icon";
import { firstNameOf } from "@/components/ui/people";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { claimedMember } from "./people";

/** Beside the name of a sender whom their domain does not vouch for; a press explains it. Nothing beside others. */
export function SenderCheck({ message }: { message: TicketMessage }) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  if (message.verification !== "not_verified") return null;
  const { words, reason } = warningOf(message);
  return (
    <>
      <button
        type="button"
        title={reason}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
        className="relative inline-flex min-h-5 items-center gap-[5px] rounded-key text-left text-small font-medium text-unclaimed after:absolute after:-inset-0.5 hover:underline max-md:after:-inset-2.5"
      >
        <Icon name="shield" size={14} />
        <span className="wrap-anywhere">{words}</span>
      </button>
      <span
        id={id}
        hidden={!isOpen}
        className="order-last basis-full pt-0.5 pb-1 text-small text-pretty text-ink-2"
      >
        {reason}
      </span>
    </>
  );
}

function warningOf(message: TicketMessage): { words: string; reason: string } {
  const member = claimedMember(message);
  const care = "Be careful with links and with what you tell.";
  if (!member) {
    return {
      words: "Sender not verified",
      reason: `The sender’s domain does not vouch for this mail. ${care}`,
    };
  }
  const name = firstNameOf(member);
  return {
    words: `Claims to be ${name}; not verified`,
    reason: `The mail has ${name}’s address, but nothing proves that ${name} sent it. ${care}`,
  };
}
