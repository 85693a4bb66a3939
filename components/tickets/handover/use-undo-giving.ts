"use client";
import { reassign, unclaim, type Answer } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useShown } from "@/components/client/use-shown";
import { useVerb } from "@/components/client/use-verb";
import { firstNameOf } from "@/components/ui/people";
import { useToast } from "@/components/ui/Toast";
import type { TicketSummary } from "@/lib/api/vocabulary";
import type { Giving } from "./use-reassign";

/** Returns a function that gives a ticket back to whoever held it before, if its assignee is still the receiver. */
export function useUndoGiving({
  _id,
  subject,
}: Pick<TicketSummary, "_id" | "subject">): (done: Giving) => void {
  const member = useMember();
  const showToast = useToast();
  const shown = useShown();
  const name = `“${subject || "No subject"}”`;
  const undoing = useVerb({
    call: ({ to, from }: Giving, options): Answer<unknown> => {
      if (from) {
        return reassign({ threadId: _id, assignedTo: from.id, expectedAssignedTo: to.id }, options);
      }
      if (member.role === "admin" || to.id === member.id) {
        return unclaim({ threadId: _id, expectedAssignedTo: to.id }, options);
      }
      return takeAndUnclaim(_id, to.id, member.id, options);
    },
    refresh: (outcome, { from }) =>
      shown(_id, outcome.ok ? ({ assignedTo }) => assignedTo === (from?.id ?? null) : null),
    onSettled: (outcome, done) => {
      if (outcome.ok) return showToast({ icon: "done", text: undone(done, name, member.id) });
      const { failure } = outcome;
      if (failure.kind === "refused") return showToast({ icon: "alert", text: failure.error });
      const text = `The desk could not be reached to undo this for ${name}.`;
      showToast({ icon: "alert", text, action: { label: "Try again", run: () => undo(done) } });
    },
  });

  function undo(done: Giving) {
    showToast({ icon: "clock", text: `Undoing: ${name}.` });
    undoing.run(done);
  }
  return undo;
}

/** Only an admin may unclaim another member's ticket, but the giver may take it back. Both parts are safe to repeat. */
async function takeAndUnclaim(
  threadId: string,
  from: string,
  memberId: string,
  options: { key: string; signal: AbortSignal },
): Answer<unknown> {
  const taken = await reassign({ threadId, assignedTo: memberId, expectedAssignedTo: from }, options);
  if (!taken.ok) return taken;
  const key = `${options.key}-unclaim`;
  return unclaim({ threadId, expectedAssignedTo: memberId }, { ...options, key });
}

function undone({ from }: Giving, name: string, memberId: string): string {
  if (!from) return `${name} is unassigned again.`;
  return from.id === memberId ? `${name} is yours again.` : `${firstNameOf(from.name)} holds ${name} again.`;
}
