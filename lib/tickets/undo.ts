import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { HistoryKind, Person, TeamMember } from "@/lib/api/vocabulary";
import { withAttention } from "@/lib/conversation/attention";
import { sha256 } from "@/lib/hash";
import { fail, ok, type Result } from "@/lib/result";
import { trusted } from "@/lib/store/db";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { attentionSet } from "./attention-change";
import { findHolder, takeBackFromRemoved } from "./can-hold";
import { decide } from "./decide";
import {
  ASSIGNEE_BEFORE,
  changeThread,
  findStoredThread,
  literal,
  person,
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
 * as before, and so is everything that needed a look. Refused once somebody has acted on the ticket since; mail that came
 * since stays. A former assignee who has left the team does not get it back. Undone at most once, however often it is called.
 */
export async function undoChange(
  threadId: ThreadId,
  undoneOp: string,
  member: TeamMember,
): Promise<Result<true, UndoFailure>> {
  const op = sha256(["undo", undoneOp]);
  const attempt: Attempt = { refusal: null, holder: null };
  const outcome = await decide(
    () => write(threadId, { op, undoneOp }, member, attempt),
    () => Promise.resolve(attempt.refusal),
  );
  const { holder } = attempt;
  const refusal = outcome.ok && holder && (await takeBackFromRemoved(threadId, holder, op));
  return refusal || outcome;
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
    set: fieldsBefore(line, line.before, thread),
    line: {
      kind: "undone",
      by: member,
      details: {
        undoes: literal(line.kind),
        assignee: assigneeIn(line.before),
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
  const isOwn = line?.before !== undefined && line.by?.id === member.id;
  if (!line?.before || !isOwn || thread.emptiedAt || thread.mergedInto)
    return fail({ reason: "nothing_to_undo" });
  const isLast = !history.some(({ revision, kind }) => revision > line.revision && ACTS.includes(kind));
  const isSame = line.kind !== "status_changed" || (thread.status ?? "open") === line.statusTo;
  if (!isLast || !isSame) return fail({ reason: "nothing_to_undo" });
  const { assignedTo } = line.before;
  if (!assignedTo || assignedTo === assigneeIdOf(thread)) return null;
  const holder = await findHolder(assignedTo);
  return holder.ok ? null : holder;
}

type Before = NonNullable<StoredHistoryLine["before"]>;

function fieldsBefore(
  line: StoredHistoryLine,
  before: Before,
  now: StoredThread,
): Record<string, Expression> {
  const assignment = {
    assignedTo: literal(before.assignedTo ?? null),
    assignedToEmail: literal(before.assignedToEmail ?? null),
    assignedToName: literal(before.assignedToName ?? null),
    claimedAt: literal(before.claimedAt ?? null),
    handover: orRemoved(before.handover),
    givenBackTo: orRemoved(before.givenBackTo),
  };
  if (line.kind !== "status_changed") {
    const isDeclined = before.attention?.kind === "declined";
    return { ...assignment, ...(isDeclined ? attentionSet(withDeclined(before, now)) : {}) };
  }
  return {
    ...assignment,
    status: literal(before.status ?? "open"),
    resolvedAt: literal(before.resolvedAt ?? null),
    waitingSince: before.waitingSince === undefined ? "$$REMOVE" : literal(before.waitingSince),
    attention: literal(before.attention ?? null),
    openAttention: literal(before.openAttention ?? []),
    needsLookAt: orRemoved(before.needsLookAt),
  };
}

/** The attention by now, with the decline that the claim had ended. */
function withDeclined({ attention }: Before, now: StoredThread) {
  if (!attention) throw new Error("A declined ticket has no attention.");
  return withAttention(now, attention);
}

function orRemoved(value: unknown): Expression {
  return value === undefined || value === null ? "$$REMOVE" : literal(value);
}

function assigneeIn({ assignedTo, assignedToEmail, assignedToName }: Before): Expression {
  if (!assignedTo) return null;
  const assignee: Person = {
    id: assignedTo,
    email: assignedToEmail ?? "",
    name: assignedToName ?? assignedToEmail ?? assignedTo,
  };
  return person(assignee);
}
