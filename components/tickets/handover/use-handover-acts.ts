"use client";
import { useEffect, useRef, useState } from "react";
import { decline, reassign } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { Expected } from "@/components/client/use-shown";
import { useVerb } from "@/components/client/use-verb";
import type { Ticket } from "@/lib/api/vocabulary";

/** The acts that a hand-over allows on a ticket's page, and which of them ended it here; its sentence then has the focus. */
export function useHandoverActs(
  ticket: Ticket,
  isGoingOn: boolean,
  refresh: (isExpected?: Expected) => Promise<unknown>,
  onDeclined: () => void,
) {
  const member = useMember();
  const outcome = useRef<HTMLSpanElement>(null);
  const [ended, setEnded] = useState<"declined" | "taken" | null>(null);
  const declining = useVerb({
    call: (reason: string, options) => decline({ threadId: ticket._id, reason }, options),
    refresh: (answer) => refresh(answer.ok ? sinceOf(answer.value) : null),
    onSettled: ({ ok }) => {
      if (!ok) return;
      setEnded("declined");
      onDeclined();
    },
  });
  const taking = useVerb({
    call: (from: string, options) =>
      reassign({ threadId: ticket._id, assignedTo: member.id, expectedAssignedTo: from }, options),
    refresh: (answer) => refresh(answer.ok ? sinceOf(answer.value) : null),
    onSettled: ({ ok }) => ok && setEnded("taken"),
  });

  // It was given once more.
  if (isGoingOn && ended) setEnded(null);
  // The button that was pressed is gone.
  useEffect(() => {
    if (ended) outcome.current?.focus();
  }, [ended]);
  return { declining, taking, ended, outcome };
}

function sinceOf({ ticket }: { ticket: { revision: number } }): Expected {
  return ({ revision }) => revision >= ticket.revision;
}
