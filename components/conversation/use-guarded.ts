"use client";
import { useRef, useState } from "react";
import type { Answer } from "@/components/client/desk-api";
import { useVerb, type Verb } from "@/components/client/use-verb";
import type { Expected } from "@/components/client/use-shown";
import type { TicketResponse } from "@/lib/api/contracts";
import type { TicketMessage } from "@/lib/api/vocabulary";

/** Newer messages that held an act back, and the newest of them. */
type News = { messages: TicketMessage[]; newest: string | null };
type Asked<Act> = { act: Act; seen: string | null };

/** An act on a ticket that counts only for somebody who has seen its newest message. */
export type Guarded<Act> = Pick<Verb<unknown>, "isDone" | "failure"> & {
  pending: { argument: Act; wait: "short" | "slow" | "offline" } | null;
  /** Set while newer messages hold it back. */
  held: (News & { act: Act }) | null;
  run: (act: Act) => void;
  /** Does the held act: the person has the newer messages on the screen. */
  runAnyway: () => void;
  leave: () => void;
};

type Options<Act> = {
  /** The newest message on the screen. */
  newest: string | null;
  call: (
    act: Act,
    seen: string | null,
    options: { key: string; signal: AbortSignal },
  ) => Answer<TicketResponse>;
  refresh: (isExpected?: Expected) => Promise<unknown>;
  onDone?: (act: Act, wasHeld: boolean) => void;
};

/** Names the newest message on the screen as seen when a person acts, not when the act is sent or retried. */
export function useGuarded<Act>({ newest, call, refresh, onDone }: Options<Act>): Guarded<Act> {
  const [held, setHeld] = useState<Guarded<Act>["held"]>(null);
  const last = useRef<Asked<Act> | null>(null);
  const verb = useVerb({
    call: ({ act, seen }: Asked<Act>, options) => call(act, seen, options),
    refresh: (outcome) =>
      refresh(outcome.ok ? ({ revision }) => revision >= outcome.value.ticket.revision : null),
    onSettled: (outcome, { act }) => {
      if (outcome.ok) onDone?.(act, held !== null);
      const failure = outcome.ok ? null : outcome.failure;
      if (failure?.kind === "unreachable") return;
      const isHeld = failure?.reason === "newer_messages";
      setHeld(isHeld ? { act, messages: failure.messages, newest: failure.lastMessageId } : null);
    },
  });

  /** The same object for the same act again: a retry keeps its key. */
  function ask(act: Act, seen: string | null) {
    const isSame = last.current?.act === act && last.current.seen === seen;
    if (!isSame || !last.current) last.current = { act, seen };
    verb.run(last.current);
  }

  const isHeldBack = verb.failure?.kind === "refused" && verb.failure.reason === "newer_messages";
  return {
    pending: verb.pending && { ...verb.pending, argument: verb.pending.argument.act },
    isDone: verb.isDone,
    failure: isHeldBack ? null : verb.failure,
    held,
    run: (act) => ask(act, newest),
    runAnyway: () => held && ask(held.act, held.newest),
    leave: () => {
      setHeld(null);
      verb.reset();
    },
  };
}
