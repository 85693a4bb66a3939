"use client";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { Result } from "@/lib/result";
import { serverNow } from "@/components/ui/server-clock";
import { newActionKey, onAnswer, type Answer, type DeskFailure } from "./desk-api";
import { untilAnswered } from "./until-answered";

/** After this time without an answer the screen says that it is still trying. */
const SLOW_AFTER_MS = 3_000;
/** After an answer, the longest wait until the page shows it. */
const REFRESH_MAX_MS = 2_000;

export type Failure = DeskFailure & { at: string };

export type Verb<Argument> = {
  /** The argument of the action under way, and how long it waits for its answer. */
  pending: { argument: Argument; wait: "short" | "slow" | "offline" } | null;
  /** The last action was carried out. */
  isDone: boolean;
  /** Why and when the last action failed. */
  failure: Failure | null;
  /** Does nothing while an action of this verb is under way. */
  run: (argument: Argument) => void;
  /** Stops the retries and the wait for a connection, and clears the last outcome. */
  reset: () => void;
};

type Options<Argument, Value> = {
  call: (argument: Argument, options: { key: string; signal: AbortSignal }) => Answer<Value>;
  /** Resolves once the page shows the outcome: after it was read again, if nothing else tells it. */
  refresh: (outcome: Result<Value, DeskFailure>, argument: Argument) => Promise<unknown>;
  onSettled?: (outcome: Result<Value, DeskFailure>, argument: Argument) => void;
  /** Longest time one attempt may take, in milliseconds. */
  attemptMaxMs?: number;
  /** False if only a person may retry an action without an answer. */
  retriesItself?: boolean;
};

type State<Argument> = Pick<Verb<Argument>, "isDone" | "failure"> & {
  pending: { argument: Argument } | null;
  isSlow: boolean;
  isOffline: boolean;
};
const IDLE = { pending: null, isSlow: false, isOffline: false, isDone: false, failure: null };

/**
 * One kind of action, never two at once. It is pending until the desk has answered and the page shows the outcome.
 * Without an answer the action keeps its key, so a retry carries it out at most once: a retry by the person, or one
 * that happens by itself when the desk answers anything again.
 */
export function useVerb<Argument, Value>({
  call,
  refresh,
  onSettled,
  attemptMaxMs = 4_000,
  retriesItself = true,
}: Options<Argument, Value>): Verb<Argument> {
  const [state, setState] = useState<State<Argument>>(IDLE);
  const unanswered = useRef<{ argument: Argument; key: string } | null>(null);
  const running = useRef<AbortController | null>(null);
  const hasRetried = useRef(false);

  async function attempt(argument: Argument) {
    if (running.current) return;
    const stop = new AbortController();
    running.current = stop;
    const { key } = unanswered.current?.argument === argument ? unanswered.current : { key: newActionKey() };
    unanswered.current = { argument, key };
    setState({ ...IDLE, pending: { argument } });

    const outcome = await untilAnswered((signal) => call(argument, { key, signal }), {
      attemptMaxMs,
      onWaiting: (isOffline) => setState((before) => ({ ...before, isOffline })),
      stop: stop.signal,
    });
    const failure =
      outcome && !outcome.ok ? { ...outcome.failure, at: new Date(serverNow()).toISOString() } : null;
    if (outcome && failure?.kind !== "unreachable") {
      unanswered.current = null;
      await Promise.race([
        refresh(outcome, argument),
        new Promise((resolve) => setTimeout(resolve, REFRESH_MAX_MS)),
      ]);
    }
    running.current = null;
    setState({ ...IDLE, isDone: outcome?.ok ?? false, failure });
    if (outcome) onSettled?.(outcome, argument);
  }

  function run(argument: Argument) {
    hasRetried.current = false;
    void attempt(argument);
  }

  function reset() {
    running.current?.abort();
    if (!running.current) setState(IDLE);
  }

  const isPending = state.pending !== null;
  useEffect(() => {
    if (!isPending) return;
    const timer = setTimeout(() => setState((before) => ({ ...before, isSlow: true })), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isPending]);

  const retryOnce = useEffectEvent(() => {
    if (hasRetried.current || !unanswered.current) return;
    hasRetried.current = true;
    void attempt(unanswered.current.argument);
  });
  const isUnanswered = retriesItself && state.failure?.kind === "unreachable";
  useEffect(() => (isUnanswered ? onAnswer(() => retryOnce()) : undefined), [isUnanswered]);

  const wait = state.isSlow ? "slow" : "short";
  return {
    pending: state.pending && { ...state.pending, wait: state.isOffline ? "offline" : wait },
    isDone: state.isDone,
    failure: state.failure,
    run,
    reset,
  };
}
