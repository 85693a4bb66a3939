"use client";
import { useEffect, useRef, type ReactNode } from "react";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { NewerMessages } from "./NewerMessages";

type Props = {
  /** Why nothing was done, and the next step. */
  children: ReactNode;
  messages: TicketMessage[];
  /** How many came after these. */
  more: number;
  label: string;
  pendingLabel: string;
  isPending: boolean;
  onAnyway: () => void;
  onLeave: () => void;
};

/** Something was not done, since the ticket has newer messages: these, and the press that counts as having read them. */
export function Held({ children, messages, more, label, pendingLabel, isPending, onAnyway, onLeave }: Props) {
  const face = useRef<HTMLElement>(null);
  useEffect(() => face.current?.focus(), [messages]);
  return (
    <section
      ref={face}
      tabIndex={-1}
      aria-label="Written meanwhile"
      className="scroll-mt-16 border-b border-line bg-surface outline-none"
    >
      <Banner tone="unclaimed" icon="alert" role="alert">
        {children}
      </Banner>
      <div className="max-h-60 overflow-y-auto px-5 py-3 max-md:px-4">
        <div className="max-w-[760px]">
          <NewerMessages messages={messages} />
          {more > 0 && (
            <p role="status" className="mt-3 text-small text-unclaimed">
              {more === 1 ? "And one more just now." : `And ${more} more just now.`}
            </p>
          )}
        </div>
      </div>
      <div className="flex gap-2 border-t border-line px-5 py-2.5 max-md:px-4">
        <Button size="auto" pending={isPending} pendingLabel={pendingLabel} onClick={onAnyway}>
          {label}
        </Button>
        <Button size="auto" variant="ghost" onClick={onLeave}>
          Not now
        </Button>
      </div>
    </section>
  );
}
