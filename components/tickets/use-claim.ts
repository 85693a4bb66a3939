"use client";
import { claim } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { useVerb, type Failure, type Verb } from "@/components/client/use-verb";
import type { Assignment } from "@/lib/api/vocabulary";

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
  const verb = useVerb({ call: claim, refresh: useRefreshDesk() });
  return { state: stateOf(verb), run: () => verb.run(threadId), reset: verb.reset };
}

function stateOf({ pending, isDone, failure }: Verb<string>): ClaimState {
  if (pending) return { step: "claiming", wait: pending.wait };
  if (!failure) return { step: isDone ? "won" : "idle" };
  if (failure.kind === "unreachable") return { step: "unreachable", failure };
  return failure.reason === "already_claimed"
    ? { step: "lost", assignee: failure }
    : { step: "refused", failure };
}
