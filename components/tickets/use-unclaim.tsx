"use client";
import { useRef, useState, type ReactNode } from "react";
import { claim, newActionKey, unclaim, type DeskFailure } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { useMember } from "@/components/client/Member";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { firstNameOf } from "@/components/ui/people";
import { useToast } from "@/components/ui/Toast";
import { untilAnswered } from "@/components/client/until-answered";
import type { Assignment, TicketSummary } from "@/lib/api/vocabulary";

export type Held = Pick<TicketSummary, "_id" | "subject"> & Pick<Assignment, "assignedTo" | "assignedToName">;

const OUT_OF_REACH = "The desk can’t be reached. Try again.";

/**
 * Asks, then puts a held ticket back into the pool, from the holder that was on the screen and nobody else. `dialog`
 * is to be rendered outside of anything that goes away meanwhile.
 */
export function useUnclaim(ticket: Held, onUnclaimed?: () => void): { ask: () => void; dialog: ReactNode } {
  const member = useMember();
  const showToast = useToast();
  const refreshDesk = useRefreshDesk();
  const [isAsking, setIsAsking] = useState(false);
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const key = useRef<string | null>(null);
  const name = `“${ticket.subject || "No subject"}”`;
  const isOwn = ticket.assignedTo === member.id;

  async function confirm() {
    setIsPending(true);
    setProblem(null);
    key.current ??= newActionKey();
    const actionKey = key.current;
    const body = { threadId: ticket._id, expectedAssignedTo: ticket.assignedTo };
    const outcome = await untilAnswered((signal) => unclaim(body, { key: actionKey, signal }));
    setIsPending(false);
    if (!outcome.ok && outcome.failure.kind === "unreachable") return setProblem(OUT_OF_REACH);

    key.current = null;
    setIsAsking(false);
    if (outcome.ok) {
      showToast({
        icon: "release",
        text: isOwn
          ? `You unclaimed ${name}. Anyone can claim it now.`
          : `You unclaimed ${name} for ${firstNameOf(ticket.assignedToName)}. Anyone can claim it now.`,
        action: isOwn ? { label: "Undo", key: "z", run: () => void claimAgain() } : undefined,
      });
      onUnclaimed?.();
    } else {
      showToast({ icon: "alert", text: sentenceOf(outcome.failure) });
    }
    await refreshDesk();
  }

  async function claimAgain() {
    const actionKey = newActionKey();
    const outcome = await untilAnswered((signal) => claim(ticket._id, { key: actionKey, signal }));
    if (outcome.ok) showToast({ icon: "done", text: `${name} is yours again.` });
    else showToast({ icon: "alert", text: sentenceOf(outcome.failure) });
    await refreshDesk();
  }

  const dialog = isAsking && (
    <ConfirmDialog
      title={`Unclaim ${name}?`}
      confirmLabel="Unclaim"
      pending={isPending}
      onConfirm={() => void confirm()}
      onCancel={() => setIsAsking(false)}
    >
      <p>
        {isOwn ? "Anyone can claim it then." : `${ticket.assignedToName} holds it. Anyone can claim it then.`}
      </p>
      <p role="alert" className="mt-2 text-danger empty:hidden">
        {problem}
      </p>
    </ConfirmDialog>
  );
  return { ask: () => setIsAsking(true), dialog };
}

function sentenceOf(failure: DeskFailure): string {
  return failure.kind === "refused" ? failure.error : OUT_OF_REACH;
}
