import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { HistoryKind, Person, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import { withAttention } from "@/lib/conversation/attention";
import { sha256 } from "@/lib/hash";
import { fail, ok, type Result } from "@/lib/result";
import type { StoredAttention, StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
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
 * as before, and so is everything that needed a look. Refused once somebody has acted on the ticket since. Mail that came
 * since stays; if the undo would close the ticket or give back what needed a look, it is refused then. A former assignee who
 * has left the team does not get it back. Undone at most once, however often it is called.
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
  if (!isAsLeft(thread, line)) return fail({ reason: "nothing_to_undo" });
  const { assignedTo } = line.before;
  if (!assignedTo || assignedTo === assigneeIdOf(thread)) return null;
  const holder = await findHolder(assignedTo);
  return holder.ok ? null : holder;
}

/** Whether the undo takes nothing away that came after the change. */
function isAsLeft(thread: StoredThread, line: StoredHistoryLine): boolean {
  const later = (thread.history ?? []).filter(({ revision }) => revision > line.revision);
  if (later.some(isAct)) return false;
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
  const declined = declinedIn(before);
  const kept = { ...assignment, ...(declined ? attentionSet(withAttention(now, declined)) : {}) };
  if (line.kind === "reassigned") return { ...kept, tellDueAt: "$$REMOVE" };
  if (line.kind !== "status_changed") return kept;
  const status = { status: literal(before.status ?? "open"), resolvedAt: literal(before.resolvedAt ?? null) };
  if (!isClosed(line.statusTo)) return { ...kept, ...status };
  return {
    ...assignment,
    ...status,
    waitingSince: before.waitingSince === undefined ? "$$REMOVE" : literal(before.waitingSince),
    attention: literal(before.attention ?? null),
    openAttention: literal(before.openAttention ?? []),
    needsLookAt: orRemoved(before.needsLookAt),
  };
}

/** That a member declined the ticket, which the change has ended as it gave it to somebody. */
function declinedIn({ attention, openAttention = [] }: Before): StoredAttention | null {
  return [attention, ...openAttention].find((one) => one?.kind === "declined") ?? null;
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
