import "server-only";
import type { BulkItem, BulkRequest, BulkResult, ThreadId } from "@/lib/api/contracts";
import { sentenceOf, type TicketFailure } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { sha256 } from "@/lib/hash";
import { log, withoutWords } from "@/lib/log";
import { fail, type Result } from "@/lib/result";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { claimTicket } from "./claim";
import { reassignTicket } from "./reassign";
import { setTicketStatus } from "./set-status";
import { newOperation, ticketsChangedBy } from "./transition";
import { unclaimTicket } from "./unclaim";
import { undoChange, undoOp } from "./undo";

/** Tickets of one request that are changed at the same time, each by its own write. */
const AT_ONCE = 8;

/** One act on one ticket, as bulk requests and jobs do it. */
export type ItemAct =
  | { action: "claim" | "unclaim" }
  | { action: "reassign"; assignedTo: string; note?: string | null | undefined }
  | { action: "status"; status: Extract<BulkRequest, { action: "status" }>["status"] }
  /** `opOf` names the operation that is undone, of each ticket. */
  | { action: "undo"; opOf: (threadId: ThreadId) => string };

/**
 * Does one act on each of the tickets, each by the same conditional write as a single act, so that none is done half and
 * every refusal says why; one that cannot be changed stops no other. The results are in the order of the items. A ticket that
 * is named again is done once. Safe to repeat with the same `op`: tickets that were changed by then are not changed again. If
 * the database stays away, it throws `OutcomeUnknownError`; some tickets may be changed by then.
 */
export async function actOnTickets(
  request: BulkRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<BulkResult[]> {
  const act: ItemAct =
    request.action === "undo"
      ? { action: "undo", opOf: (id) => itemOp(bulkOp(member, request.key), id) }
      : request;
  const named = new Set<string>();
  const outcomes = await inTurns(
    request.items.map((item) => {
      const isAgain = named.has(item.threadId);
      named.add(item.threadId);
      return () =>
        isAgain
          ? Promise.resolve(fail({ reason: "named_twice" as const }))
          : actOnTicket(act, item, member, itemOp(op, item.threadId));
    }),
  );
  const changed = await changedBy(request.items, op);
  return request.items.map(({ threadId }, at) =>
    resultOf(threadId, outcomes[at] ?? fail({ reason: "not_found" }), changed),
  );
}

/** The operation of the bulk request that `member` sent with this idempotency key. */
export function bulkOp(member: TeamMember, key: string): string {
  return sha256([member.id, "bulk", key]);
}

/** The operation by which a bulk request or a job changes one ticket. */
export function itemOp(op: string, threadId: string): string {
  return sha256([op, threadId]);
}

/** Why a ticket of many was not changed: the failure of the single act, or that the database cannot store the change. */
export type ItemFailure = TicketFailure | { reason: "internal_error" };

/** One act on one ticket of many. Throws only if the database is away. */
export async function actOnTicket(
  act: ItemAct,
  item: BulkItem,
  member: TeamMember,
  op: string,
): Promise<Result<unknown, ItemFailure>> {
  try {
    return await actOnOne(act, item, member, op);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    const { threadId } = item;
    log.error(
      { threadId, act: act.action, err: withoutWords(error) },
      "a ticket of many could not be changed",
    );
    return fail({ reason: "internal_error" });
  }
}

export function itemSentence(failure: ItemFailure): string {
  if (failure.reason !== "internal_error") return sentenceOf(failure);
  return "The desk could not change this ticket. Try it alone.";
}

async function actOnOne(
  act: ItemAct,
  { threadId, expectedAssignedTo, lastSeenMessageId }: BulkItem,
  member: TeamMember,
  op: string,
): Promise<Result<unknown, TicketFailure>> {
  const canUndo = true;
  switch (act.action) {
    case "claim":
      return claimTicket(threadId, member, op, { canUndo });
    case "unclaim":
      return unclaimTicket(threadId, member, { expectedAssignedTo, op, canUndo });
    case "reassign": {
      const { assignedTo, note } = act;
      const request = { threadId, assignedTo, note, expectedAssignedTo: expectedAssignedTo ?? null };
      return reassignTicket(request, member, { op });
    }
    case "status":
      return setTicketStatus(threadId, act.status, member, {
        ...{ op, lastSeenMessageId, expectedAssignedTo, canUndo },
      });
    case "undo":
      return undoChange(threadId, act.opOf(threadId), member);
  }
}

/** The tickets that this bulk operation has changed, and that were not undone since. */
async function changedBy(items: BulkItem[], op: string): Promise<Set<string>> {
  const ids = [...new Set(items.map(({ threadId }) => threadId))];
  const [changed, undone] = await Promise.all([
    ticketsChangedBy(ids, (id) => itemOp(op, id)),
    ticketsChangedBy(ids, (id) => undoOp(itemOp(op, id))),
  ]);
  return changed.difference(undone);
}

function resultOf(
  threadId: ThreadId,
  outcome: Result<unknown, ItemFailure>,
  changed: Set<string>,
): BulkResult {
  if (outcome.ok) return { threadId, success: true, canUndo: changed.has(threadId) };
  const { failure } = outcome;
  // A hundred answers would be too large with the messages that are newer.
  const facts = failure.reason === "newer_messages" ? { ...failure, messages: [] } : failure;
  return { threadId, success: false, error: itemSentence(failure), ...facts };
}

/** Runs the tasks, a few at a time, and returns their values in order. Ends the running ones before it throws. */
async function inTurns<Value>(tasks: (() => Promise<Value>)[]): Promise<Value[]> {
  const values: Value[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let at = next++; at < tasks.length; at = next++) {
      const value = await tasks[at]?.();
      if (value !== undefined) values[at] = value;
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
  const failed = workers.find((worker) => worker.status === "rejected");
  if (failed) throw failed.reason as Error;
  return values;
}
