"use client";
import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/Button";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import type { Earlier } from "./use-ticket";

type Props = { earlier: Earlier; ticket: Ticket; messages: TicketMessage[] };

/** Above a conversation: how much of it is shown, and a button for the part before. Nothing if all of it always was. */
export function ShowEarlier({ earlier: { isMore, state, show }, ticket, messages }: Props) {
  const note = useRef<HTMLParagraphElement>(null);
  const isAllShown = state === "shown" && !isMore;
  // The button is gone by then; the focus stays here.
  useEffect(() => {
    if (isAllShown) note.current?.focus({ preventScroll: true });
  }, [isAllShown]);
  const shown = Math.max(messages.length, 1); // at least the ticket's excerpt
  const isPart = ticket.messageCount > shown;
  if (!isMore && !isPart && !isAllShown) return null;
  const extent = isPart ? `The newest ${shown} of ${ticket.messageCount} messages.` : null;
  return (
    // Not the anchor of the scroll position: the messages in view stay where they are if earlier ones come above.
    <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 [overflow-anchor:none]">
      {isMore && (
        <Button
          size="auto"
          icon="up"
          pending={state === "reading"}
          pendingLabel="Reading"
          onClick={() => void show()}
        >
          {isPart ? "Show earlier messages" : "Show earlier history"}
        </Button>
      )}
      <p
        ref={note}
        tabIndex={-1}
        role={state === "failed" ? "alert" : "status"}
        className="min-w-0 text-small text-ink-3 outline-none"
      >
        {state === "failed" && "The earlier part could not be read. Try again. "}
        {isAllShown && !isPart ? "The whole conversation is shown." : extent}
      </p>
    </div>
  );
}
