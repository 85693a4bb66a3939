"use client";
import { useEffect, useRef, useState } from "react";
import { claim, newActionKey, type Refused } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { untilAnswered } from "@/components/client/until-answered";
import type { Assignment } from "@/lib/api/vocabulary";

/** After this long without an answer the screen says that it is still trying, in milliseconds. */
export const SLOW_AFTER_MS = 3_000;

export type ClaimState =
  | { step: "idle" }
  | { step: "claiming"; isSlow: boolean }
  | { step: "won"; assignment: Assignment }
  | { step: "lost"; holder: Assignment }
  | { step: "refused"; sentence: string }
  | { step: "unreachable" };

export type Claim = { state: ClaimState; run: () => void; reset: () => void };

const IDLE: ClaimState = { step: "idle" };

/**
 * One person's attempt to claim one ticket. It shows as pending until the desk has answered and is repeated under the
 * same key meanwhile; also a press after the desk could not be reached asks for the same claim, not for another.
 */
export function useClaim(threadId: string, onClaimed?: (assignment: Assignment) => void): Claim {
  const [state, setState] = useState<ClaimState>(IDLE);
  const key = useRef<string | null>(null);
  const isRunning = useRef(false);
  const refreshDesk = useRefreshDesk();

  const isWaiting = state.step === "claiming" && !state.isSlow;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setState({ step: "claiming", isSlow: true }), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);

  async function run() {
    if (isRunning.current) return;
    isRunning.current = true;
    key.current ??= newActionKey();
    const actionKey = key.current;
    setState({ step: "claiming", isSlow: false });
    const outcome = await untilAnswered((signal) => claim(threadId, { key: actionKey, signal }));
    isRunning.current = false;

    if (outcome.ok) {
      setState({ step: "won", assignment: outcome.value });
      onClaimed?.(outcome.value);
    } else if (outcome.failure.kind === "refused") {
      setState(refusalOf(outcome.failure));
    } else {
      return setState({ step: "unreachable" });
    }
    key.current = null;
    await refreshDesk();
  }

  return { state, run: () => void run(), reset: () => setState(IDLE) };
}

function refusalOf(failure: Refused): ClaimState {
  if (failure.reason !== "already_claimed") return { step: "refused", sentence: failure.error };
  // The contract of this reason: its body names the holder and since when.
  return { step: "lost", holder: failure.body as unknown as Assignment };
}
