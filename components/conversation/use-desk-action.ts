"use client";
import { useRef, useState } from "react";
import { newActionKey, type DeskFailure } from "@/components/client/desk-api";
import type { Result } from "@/lib/result";

export type DeskAction<Argument> = {
  /** The argument of the call that is awaited, or null. */
  pending: Argument | null;
  /** What the last call was told, and when; null once another one is under way. */
  failure: (DeskFailure & { at: string }) | null;
  run: (argument: Argument) => Promise<boolean>;
};

/**
 * One kind of action on a ticket: pending, then the truth. Whatever the answer, the page is made new before the
 * action is over, and a repeated attempt after a lost answer carries the same key.
 */
export function useDeskAction<Argument extends string>(
  call: (argument: Argument, options: { key: string }) => Promise<Result<unknown, DeskFailure>>,
  refresh: () => Promise<unknown>,
): DeskAction<Argument> {
  const [pending, setPending] = useState<Argument | null>(null);
  const [failure, setFailure] = useState<DeskAction<Argument>["failure"]>(null);
  const unanswered = useRef<{ argument: Argument; key: string } | null>(null);

  async function run(argument: Argument): Promise<boolean> {
    if (pending !== null) return false;
    const key = unanswered.current?.argument === argument ? unanswered.current.key : newActionKey();
    setPending(argument);
    setFailure(null);
    const outcome = await call(argument, { key });
    const isUnanswered = !outcome.ok && outcome.failure.kind === "unreachable";
    unanswered.current = isUnanswered ? { argument, key } : null;
    if (!outcome.ok) setFailure({ ...outcome.failure, at: new Date().toISOString() });
    await refresh();
    setPending(null);
    return outcome.ok;
  }

  return { pending, failure, run };
}
