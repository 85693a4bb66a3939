"use client";
import { useRef, useState, type ReactNode } from "react";
import { reassign } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useShown } from "@/components/client/use-shown";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { firstNameOf } from "@/components/ui/people";
import { useToast } from "@/components/ui/Toast";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { AssignPicker } from "./AssignPicker";
import { useAssignRight } from "./AssignRights";
import { useKeptWords } from "./use-kept-words";
import { useUndoGiving } from "./use-undo-giving";

export type Giving = {
  /** Whom the ticket is given to. */
  to: { id: string; name: string };
  /** Who held it; null if nobody did. */
  from: { id: string; name: string } | null;
  note: string;
};
export type GivenTicket = Pick<
  TicketSummary,
  | "_id"
  | "subject"
  | "assignedTo"
  | "assignedToName"
  | "assignedToEmail"
  | "claimedAt"
  | "receivedAt"
  | "handover"
>;

/**
 * Gives a ticket to a chosen member, if its assignee is still the one on the screen. `ask` opens the picker, or says why
 * the member may not do it. The caller renders `dialog`.
 */
export function useReassign(ticket: GivenTicket): { ask: () => void; isOffered: boolean; dialog: ReactNode } {
  const member = useMember();
  const showToast = useToast();
  const shown = useShown();
  const { isOffered, refusal } = useAssignRight(ticket);
  const [isAsking, setIsAsking] = useState(false);
  const last = useRef<Giving | null>(null);
  const undo = useUndoGiving(ticket);
  const [, keepNote] = useKeptWords("note", ticket._id);
  const name = `“${ticket.subject || "No subject"}”`;

  const giving = useVerb({
    call: ({ to, from, note }: Giving, options) => {
      const who = { assignedTo: to.id, expectedAssignedTo: from?.id ?? null };
      return reassign({ threadId: ticket._id, ...who, ...(note && { note }) }, options);
    },
    refresh: (outcome) =>
      shown(ticket._id, outcome.ok ? ({ revision }) => revision >= outcome.value.ticket.revision : null),
    onSettled: (outcome, done) => {
      if (outcome.ok) {
        keepNote("");
        setIsAsking(false);
        const action = { label: "Undo", key: "z", run: () => undo(done) };
        return showToast({ icon: "mine", text: saidOf(done, name, member.id), action });
      }
      const { failure } = outcome;
      if (failure.kind === "unreachable" || failure.reason !== "changed_meanwhile") return; // the picker says it
      setIsAsking(false);
      showToast({ icon: "alert", text: `${name} was not given away. ${heldNow(failure)}` });
    },
  });

  /** The same object for the same gift again: a retry keeps its key. */
  function give(next: Giving) {
    const isSame = last.current !== null && isSameGiving(last.current, next);
    if (!isSame || !last.current) last.current = next;
    giving.run(last.current);
  }
  function ask() {
    if (refusal) showToast({ icon: "alert", text: refusal });
    else if (member.role !== "viewer") setIsAsking(true);
  }

  const holder = ticket.assignedTo
    ? { id: ticket.assignedTo, name: ticket.assignedToName || ticket.assignedToEmail || ticket.assignedTo }
    : null;
  const dialog = isAsking && (
    <AssignPicker
      about={ticket._id}
      count={1}
      current={ticket.assignedTo}
      isUnassigned={holder === null}
      pending={giving.pending !== null}
      failure={verbNote(giving)}
      onAssign={(to, note) => give({ to, from: holder, note })}
      onClose={() => {
        giving.reset();
        setIsAsking(false);
      }}
    />
  );
  return { ask, isOffered, dialog };
}

function isSameGiving(one: Giving, other: Giving): boolean {
  return one.to.id === other.to.id && one.from?.id === other.from?.id && one.note === other.note;
}

function saidOf({ to, from }: Giving, name: string, memberId: string): string {
  if (to.id !== memberId) return `You gave ${name} to ${firstNameOf(to.name)}.`;
  return from ? `You took ${name} from ${firstNameOf(from.name)}.` : `${name} is yours.`;
}

/** Who holds the ticket by now, as a sentence. */
function heldNow(failure: {
  error: string;
  assignedTo?: string | null;
  assignedToName?: string | null;
}): string {
  if (failure.assignedTo === null) return "Nobody holds it now.";
  return failure.assignedToName ? `${firstNameOf(failure.assignedToName)} holds it now.` : failure.error;
}
