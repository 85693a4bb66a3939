"use client";
import { claim, type DeskFailure } from "@/components/client/desk-api";
import { useShown } from "@/components/client/use-shown";
import { useVerb, type Failure, type Verb } from "@/components/client/use-verb";
import type { Assignment, Ticket } from "@/lib/api/vocabulary";
import type { Result } from "@/lib/result";

export type ClaimState =
  | { step: "idle" }
  | { step: "claiming"; wait: "short" | "slow" | "offline" }
  | { step: "won" }
  | { step: "lost"; assignee: Assignment }
  /** Refused for another reason, or without an answer. */
  | { step: "refused" | "unreachable"; failure: Failure };

export type Claim = { state: ClaimState; run: () => void; reset: () => void };

/** One person's attempt to claim one ticket. */
export function useClaim(threadId: string): Claim {
  const shown = useShown();
  const verb = useVerb({
    call: claim,
    refresh: (outcome, id) => shown(id, afterClaim(outcome)),
  });
  return { state: stateOf(verb), run: () => verb.run(threadId), reset: verb.reset };
}

/** How the page shows the ticket once it shows the answer to a claim; null if the answer does not tell. */
export function afterClaim(outcome: Result<Assignment, DeskFailure>): ((ticket: Ticket) => boolean) | null {
  const held = outcome.ok ? outcome.value : outcome.failure;
  if (!("claimedAt" in held)) return null;
  return ({ assignedTo, claimedAt }) => assignedTo === held.assignedTo && claimedAt === held.claimedAt;
}

function stateOf({ pending, isDone, failure }: Verb<string>): ClaimState {
  if (pending) return { step: "claiming", wait: pending.wait };
  if (!failure) return { step: isDone ? "won" : "idle" };
  if (failure.kind === "unreachable") return { step: "unreachable", failure };
  return failure.reason === "already_claimed"
    ? { step: "lost", assignee: failure }
    : { step: "refused", failure };
}
