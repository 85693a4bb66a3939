import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { HistoryKind, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import { sha256 } from "@/lib/hash";
import { fail, ok, type Result } from "@/lib/result";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { assignmentBefore, orRemoved, personBefore, type Before } from "./before";
import { findHolder, takeBackFromRemoved } from "./can-hold";
import { decide } from "./decide";
import {
  ASSIGNEE_BEFORE,
  changeThread,
  findStoredThread,
  literal,
  STATUS_BEFORE,
  type Expression,
} from "./transition";
import { assigneeIdOf, IS_UNASSIGNED } from "./unassigned";

type UndoFailure = FailureOf<"not_found" | "nothing_to_undo" | "unknown_member" | "changed_meanwhile">;

/** Acts of people after which an earlier one can no longer be undone. */
const ACTS: HistoryKind[] = [
  "claimed",
  "unclaimed",
  "reassigned",
  "declined",
  "undone",
  "status_changed",
  "replied",
  "seen",
];

/**
 * Undoes one change of a ticket, which `member` made with operation `undoneOp` and `canUndo`: the assignee and the status are
 * as before, and so is everything that needed a look. Refused once somebody has acted on the ticket since. Mail that came
 * since stays; if the undo would close the ticket or give back what needed a look, it is refused then. A former assignee who
 * has left the team does not get it back. Undone at most once, however often it is called.
 */
export async function undoChange(
  threadId: ThreadId,
  undoneOp: string,
  member: TeamMember,
): Promise<Result<true, UndoFailure>> {
  const op = undoOp(undoneOp);
  const attempt: Attempt = { refusal: null, holder: null };
  const outcome = await decide(
    () => write(threadId, { op, undoneOp }, member, attempt),
    () => Promise.resolve(attempt.refusal),
  );
  const { holder } = attempt;
  const refusal = outcome.ok && holder && (await takeBackFromRemoved(threadId, holder, op));
  return refusal || outcome;
}

/** The operation that undoes `undoneOp`. */
export function undoOp(undoneOp: string): string {
  return sha256(["undo", undoneOp]);
}

/** The outcome of the last look at the thread; null if the write lost a race and has to look again. */
type Attempt = { refusal: Result<true, UndoFailure> | null; holder: string | null };

async function write(
  threadId: ThreadId,
  { op, undoneOp }: { op: string; undoneOp: string },
  member: TeamMember,
  attempt: Attempt,
): Promise<true | null> {
  const thread = await findStoredThread(threadId);
  attempt.refusal = thread
    ? await refusalOf(thread, { op, undoneOp }, member)
    : fail({ reason: "not_found" });
  const line = thread?.history?.find((one) => one.op === undoneOp);
  if (!thread || !line?.before || attempt.refusal) return null;
  attempt.holder = line.before.assignedTo ?? null;
  const changed = await changeThread({
    threadId,
    op,
    // Nothing at all has changed since it was read; otherwise it is looked at again.
    where: { revision: thread.revision ?? 0 },
    canUndo: true, // so that it can be taken back from somebody who is removed just now
    set: fieldsBefore(line, line.before, thread),
    line: {
      kind: "undone",
      by: member,
      details: {
        undoes: literal(line.kind),
        assignee: personBefore(line.before),
        formerAssignee: { $cond: [IS_UNASSIGNED, null, ASSIGNEE_BEFORE] },
        ...(line.kind === "status_changed"
          ? { statusFrom: STATUS_BEFORE, statusTo: literal(line.before.status ?? "open") }
          : {}),
      },
    },
  });
  return changed ? true : null;
}

/** Why the change cannot be undone any more, or success if it has been; null if it can. */
async function refusalOf(
  thread: StoredThread,
  { op, undoneOp }: { op: string; undoneOp: string },
  member: TeamMember,
): Promise<Result<true, UndoFailure> | null> {
  const history = thread.history ?? [];
  if (history.some((line) => line.op === op)) return ok(true);
  const line = history.find((one) => one.op === undoneOp);
  const isOwn = line?.kind !== "undone" && line?.by?.id === member.id;
  if (!line?.before || !isOwn || thread.emptiedAt || thread.mergedInto)
    return fail({ reason: "nothing_to_undo", by: null });
  const act = history.findLast((later) => later.revision > line.revision && isAct(later));
  if (act || !isAsLeft(thread, line)) return fail({ reason: "nothing_to_undo", by: act?.by ?? null });
  const { assignedTo } = line.before;
  if (!assignedTo || assignedTo === assigneeIdOf(thread)) return null;
  const holder = await findHolder(assignedTo);
  return holder.ok ? null : holder;
}

/** Whether the undo takes nothing away that came by itself after the change. */
function isAsLeft(thread: StoredThread, line: StoredHistoryLine): boolean {
  const later = (thread.history ?? []).filter(({ revision }) => revision > line.revision);
  if (line.kind !== "status_changed") return true;
  if ((thread.status ?? "open") !== line.statusTo) return false;
  if (!isClosed(line.statusTo) && !isClosed(line.statusFrom)) return true;
  const isNewest = (thread.lastMessageId ?? null) === (line.sawMessageId ?? null);
  return isNewest && !later.some(({ kind }) => kind === "delivery_settled");
}

/** A reply that the mail server took by itself is no act. */
function isAct({ kind, by }: StoredHistoryLine): boolean {
  return ACTS.includes(kind) || (kind === "delivery_settled" && by !== null);
}

function isClosed(status: TicketStatus | null | undefined): boolean {
  return status === "waiting" || status === "resolved";
}

/** The status goes back with the assignee; all that needs a look too, if the change had ended it. */
function fieldsBefore(
  line: StoredHistoryLine,
  before: Before,
  now: StoredThread,
): Record<string, Expression> {
  const assignment = assignmentBefore(before, now);
  if (line.kind !== "status_changed") return assignment;
  const status = { status: literal(before.status ?? "open"), resolvedAt: literal(before.resolvedAt ?? null) };
  if (!isClosed(line.statusTo)) return { ...assignment, ...status };
  return {
    ...assignment,
    ...status,
    waitingSince: before.waitingSince === undefined ? "$$REMOVE" : literal(before.waitingSince),
    attention: literal(before.attention ?? null),
    openAttention: literal(before.openAttention ?? []),
    needsLookAt: orRemoved(before.needsLookAt),
  };
}
