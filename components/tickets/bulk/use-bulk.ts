"use client";
import { useState } from "react";
import {
  bulk,
  newActionKey,
  type DeskFailure,
  type SentBulk,
  type SentItem,
} from "@/components/client/desk-api";
import { useAllShown, type Expected } from "@/components/client/use-shown";
import { useVerb, type Verb } from "@/components/client/use-verb";
import { useToast } from "@/components/ui/Toast";
import type { BulkResponse, BulkResult } from "@/lib/api/contracts";
import type { BulkAct, TicketSummary } from "@/lib/api/vocabulary";
import type { Result } from "@/lib/result";
import { sumText, ticketsText, type NamedAct } from "./bulk-words";

/** An act on the selected tickets, with the words that go with a hand-over. */
export type Order =
  | { action: "claim" | "unclaim" }
  | Extract<BulkAct, { action: "status" }>
  | { action: "reassign"; assignee: { id: string; name: string }; note: string };

/** One request: it keeps its key until the desk has answered. `tickets` are as the rows showed them. */
export type BulkCall = { key: string; act: NamedAct; body: SentBulk; tickets: TicketSummary[] };
type UndoCall = BulkCall & { undoable: Set<string> };

export type Refused = Extract<BulkResult, { success: false }>;
/** The outcome of an act on many tickets, for the row of one. `isLooked`: the member has looked at the row since. */
export type RowOutcome =
  | { step: "pending"; act: NamedAct; wait: "short" | "slow" | "offline" }
  | { step: "done"; act: NamedAct }
  | { step: "refused"; act: NamedAct; refused: Refused; isLooked: boolean };

const UNDO: NamedAct = { action: "undo" };

export type Bulk = ReturnType<typeof useBulk>;

/** Acts on many tickets at once. `onDone` gets the ids of those that are as wanted. */
export function useBulk(onDone: (done: string[], isWhole: boolean) => void) {
  const showToast = useToast();
  const allShown = useAllShown();
  const [last, setLast] = useState<BulkCall | null>(null);
  const [givenUp, setGivenUp] = useState<NamedAct | null>(null);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, RowOutcome>>(new Map());
  const refresh = (outcome: Result<BulkResponse, DeskFailure>, { tickets }: BulkCall) =>
    allShown(outcome.ok ? expectedAfter(outcome.value.results, tickets) : new Map());

  const tell = (act: NamedAct, results: BulkResult[]) =>
    setOutcomes(new Map(results.map((result) => [result.threadId, outcomeOf(act, result)])));

  const acting = useVerb<BulkCall, BulkResponse>({
    call: ({ body, key }, { signal }) => bulk(body, { key, signal }),
    attemptMaxMs: 10_000,
    refresh,
    onSettled: (outcome, call) => {
      setGivenUp(null);
      if (!outcome.ok) return; // the bar says it
      const { results } = outcome.value;
      tell(call.act, results);
      const done = results.filter(({ success }) => success).map(({ threadId }) => threadId);
      onDone(done, done.length === results.length);
      const undoable = new Set(results.flatMap((one) => (one.success && one.canUndo ? one.threadId : [])));
      showToast({
        icon: done.length === results.length ? "done" : "alert",
        text: sumText(call.act, results, subjectsOf(call)),
        ...(undoable.size > 0 && {
          action: { label: "Undo", key: "z", run: () => undoing.run({ ...call, undoable }) },
        }),
      });
    },
  });

  const undoing = useUndo(refresh, (results) => tell(UNDO, results));

  function run(order: Order, tickets: TicketSummary[]) {
    const call = callOf(order, tickets);
    const isUnanswered = acting.failure?.kind === "unreachable" || givenUp !== null;
    const isAgain = isUnanswered && isSame(last, call);
    const sent = isAgain && last ? last : call;
    setLast(sent);
    setGivenUp(null);
    setOutcomes(new Map());
    acting.run(sent);
  }
  return {
    acting,
    /** The same act again after no answer goes with the key of the first, so that it is carried out once. */
    run,
    outcomeOf: (threadId: string) =>
      pendingIn(acting, threadId) ??
      pendingIn(undoing.verb, threadId, UNDO) ??
      outcomes.get(threadId) ??
      null,
    /** The member looks at the row, which may forget why its ticket was left as it is. */
    look: (threadId: string) => setOutcomes((before) => withLook(before, threadId)),
    forget: (threadId: string) =>
      setOutcomes((before) => new Map([...before].filter(([id]) => id !== threadId))),
    /** An act that the member has given up, and whose outcome is not known. */
    givenUp,
    /** Stops the retries of the act under way. */
    giveUp: (act: NamedAct) => {
      setGivenUp(act);
      acting.reset();
    },
    /** Forgets the outcomes, and an act that got no answer. */
    forgetAll: () => {
      setOutcomes(new Map());
      setGivenUp(null);
      if (!acting.pending) acting.reset();
    },
  };
}

/** Undoes an act on many tickets. Toasts tell the sum; `tell` gets the outcomes of those that had been changed. */
function useUndo(
  refresh: (outcome: Result<BulkResponse, DeskFailure>, call: BulkCall) => Promise<unknown>,
  tell: (results: BulkResult[]) => void,
) {
  const showToast = useToast();
  const verb = useVerb<UndoCall, BulkResponse>({
    call: ({ key, body }, { signal, key: own }) =>
      bulk({ action: "undo", key, items: body.items }, { key: own, signal }),
    attemptMaxMs: 10_000,
    refresh,
    onSettled: (outcome, call) => {
      if (!outcome.ok) return tellFailure(outcome.failure, call);
      const results = outcome.value.results.filter(({ threadId }) => call.undoable.has(threadId));
      tell(results);
      const isWhole = results.every(({ success }) => success);
      showToast({
        icon: isWhole ? "undo" : "alert",
        text: isWhole ? undoneText(results.length) : sumText(UNDO, results, subjectsOf(call)),
      });
    },
  });
  function run(call: UndoCall) {
    showToast({ icon: "clock", text: `Undoing the change of ${ticketsText(call.undoable.size)}.` });
    verb.run(call);
  }
  function tellFailure(failure: DeskFailure, call: UndoCall) {
    if (failure.kind === "refused") return showToast({ icon: "alert", text: failure.error });
    const text = "The desk could not be reached to undo this.";
    showToast({ icon: "alert", text, action: { label: "Try again", run: () => run(call) } });
  }
  return { verb, run };
}

function subjectsOf({ tickets }: BulkCall): (threadId: string) => string {
  return (threadId) => tickets.find(({ _id }) => _id === threadId)?.subject ?? "";
}

function undoneText(count: number): string {
  return `Undone: ${ticketsText(count)} ${count === 1 ? "is as it was" : "are as they were"}.`;
}

function callOf(order: Order, tickets: TicketSummary[]): BulkCall {
  return { key: newActionKey(), act: order, body: bodyOf(order, tickets.map(itemOf)), tickets };
}

function isSame(before: BulkCall | null, { body }: BulkCall): boolean {
  return before !== null && JSON.stringify(before.body) === JSON.stringify(body);
}

function itemOf({ _id, lastMessageId, assignedTo }: TicketSummary): SentItem {
  return { threadId: _id, lastSeenMessageId: lastMessageId, expectedAssignedTo: assignedTo };
}

function bodyOf(order: Order, items: SentItem[]): SentBulk {
  switch (order.action) {
    case "claim":
    case "unclaim":
      return { action: order.action, items };
    case "status":
      return { action: "status", status: order.status, items };
    case "reassign": {
      const held = items.map((item) => ({ ...item, expectedAssignedTo: item.expectedAssignedTo ?? null }));
      const note = order.note ? { note: order.note } : {};
      return { action: "reassign", assignedTo: order.assignee.id, ...note, items: held };
    }
  }
}

function outcomeOf(act: NamedAct, result: BulkResult): RowOutcome {
  return result.success ? { step: "done", act } : { step: "refused", act, refused: result, isLooked: false };
}

function pendingIn(
  { pending }: Pick<Verb<BulkCall>, "pending">,
  threadId: string,
  act = pending?.argument.act,
): RowOutcome | null {
  const isMeant = pending?.argument.tickets.some(({ _id }) => _id === threadId);
  return pending && act && isMeant ? { step: "pending", act, wait: pending.wait } : null;
}

function withLook(
  before: ReadonlyMap<string, RowOutcome>,
  threadId: string,
): ReadonlyMap<string, RowOutcome> {
  const outcome = before.get(threadId);
  if (outcome?.step !== "refused" || outcome.isLooked) return before;
  return new Map(before).set(threadId, { ...outcome, isLooked: true });
}

/** How the page shows the tickets once it shows the answer; those that were left as they are are not named. */
function expectedAfter(results: BulkResult[], tickets: TicketSummary[]): Map<string, NonNullable<Expected>> {
  const revisions = new Map(tickets.map(({ _id, revision }) => [_id, revision]));
  const changed = results.filter((result) => result.success && result.canUndo);
  return new Map(
    changed.map(({ threadId }) => [
      threadId,
      ({ revision }) => revision > (revisions.get(threadId) ?? Infinity),
    ]),
  );
}
