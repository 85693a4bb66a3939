"use client";
import { useState, type ReactNode } from "react";
import { claim, unclaim } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useShown } from "@/components/client/use-shown";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { firstNameOf } from "@/components/ui/people";
import { useToast } from "@/components/ui/Toast";
import type { Assignment, TicketSummary } from "@/lib/api/vocabulary";
import { afterClaim } from "./use-claim";

export type Held = Pick<TicketSummary, "_id" | "subject"> & Pick<Assignment, "assignedTo" | "assignedToName">;

/** Unclaims a ticket after a question, if its assignee is still the one on the screen. The caller renders `dialog`. */
export function useUnclaim(ticket: Held): { ask: () => void; dialog: ReactNode } {
  const member = useMember();
  const showToast = useToast();
  const shown = useShown();
  const [isAsking, setIsAsking] = useState(false);
  const name = `“${ticket.subject || "No subject"}”`;
  const isOwn = ticket.assignedTo === member.id;

  const unclaiming = useVerb({
    call: (assignedTo: string, options) =>
      unclaim({ threadId: ticket._id, expectedAssignedTo: assignedTo }, options),
    refresh: (outcome, assignedTo) =>
      shown(ticket._id, outcome.ok ? (now) => now.assignedTo !== assignedTo : null),
    onSettled: (outcome) => {
      const failure = outcome.ok ? null : outcome.failure;
      if (failure?.kind === "unreachable") return; // the dialog stays and says it
      setIsAsking(false);
      if (failure) return showToast({ icon: "alert", text: failure.error });
      showToast({
        icon: "release",
        text: `You unclaimed ${name}${isOwn ? "" : ` for ${firstNameOf(ticket.assignedToName)}`}. Anyone can claim it now.`,
        action: isOwn ? { label: "Undo", key: "z", run: claimAgain } : undefined,
      });
    },
  });
  const claiming = useVerb({
    call: claim,
    refresh: (outcome, id) => shown(id, afterClaim(outcome)),
    onSettled: (outcome) => {
      const failure = outcome.ok ? null : outcome.failure;
      if (!failure) return showToast({ icon: "done", text: `${name} is yours again.` });
      if (failure.kind === "refused") return showToast({ icon: "alert", text: failure.error });
      const text = `The desk could not be reached to claim ${name} again.`;
      showToast({ icon: "alert", text, action: { label: "Try again", run: claimAgain } });
    },
  });

  function claimAgain() {
    showToast({ icon: "clock", text: `Claiming ${name} again.` });
    claiming.run(ticket._id);
  }

  function cancel() {
    unclaiming.reset();
    setIsAsking(false);
  }

  const dialog = isAsking && (
    <ConfirmDialog
      title={`Unclaim ${name}?`}
      confirmLabel="Unclaim"
      pending={unclaiming.pending !== null}
      onConfirm={() => unclaiming.run(ticket.assignedTo)}
      onCancel={cancel}
    >
      <p>
        {isOwn ? "Anyone can claim it then." : `${ticket.assignedToName} holds it. Anyone can claim it then.`}
      </p>
      <p role="alert" className="mt-2 text-danger empty:hidden">
        {verbNote(unclaiming)}
      </p>
    </ConfirmDialog>
  );
  return { ask: () => setIsAsking(true), dialog };
}
