import "server-only";
import { randomUUID } from "node:crypto";
import type { ClientSession } from "mongoose";
import { Types } from "mongoose";
import type { ThreadId } from "@/lib/api/contracts";
import type { HistoryKind, Person, TicketStatus, Way } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import {
  EmailThread,
  UNDONE_FIELDS,
  type StoredHistoryLine,
  type StoredThread,
} from "@/models/EmailThreadModel";
import { NOT_DECLINED } from "./declined";
import { IS_UNASSIGNED } from "./unassigned";

/** A value of an update pipeline. Every value from outside goes through `literal`. */
export type Expression = unknown;

/** `value` as data. Without this a name such as "$assignedTo" would be read as a field. */
export function literal(value: unknown): Expression {
  return { $literal: value };
}

/** A person as history keeps them. */
export function person({ id, email, name }: Person): Expression {
  return literal({ id, email, name });
}

/** The values from before the change. */
export const STATUS_BEFORE = { $ifNull: ["$status", "open"] };
export const ASSIGNEE_BEFORE = { id: "$assignedTo", email: "$assignedToEmail", name: "$assignedToName" };
/** For `messageCount`: one more than before. */
export const ONE_MORE_MESSAGE = { $add: [{ $ifNull: ["$messageCount", 0] }, 1] };
/** The revision that the change will have. */
export const NEXT_REVISION = { $add: [{ $ifNull: ["$revision", 0] }, 1] };

/**
 * No member changes a thread with so many lines of history. The events follower leaves fewer, unless many members change
 * one ticket several times a second, or it stands still.
 */
export const HISTORY_FULL = 3_000;

/** Larger threads take no change with its values before it: such a line may have 6 KB. MongoDB's limit is 16 MB. */
const UNDO_ROOM_BYTES = 8 * 1024 * 1024;
const BEFORE = Object.fromEntries(UNDONE_FIELDS.map((field) => [field, `$${field}`]));

/** A line of history to write. `way`: the author's browser if not given, and the desk itself without an author. */
export type Line = {
  kind: HistoryKind;
  by: Person | null;
  way?: Way;
  details?: Record<string, Expression>;
};

type Transition<Field extends keyof StoredThread> = {
  threadId: ThreadId;
  /** Names this call. The same id never changes a thread twice, however often the write is repeated. */
  op: string;
  /** The rule: the thread is changed only if it matches at the moment of the write. */
  where: Record<string, unknown>;
  /** Field to expression; each of them sees the values from before the change. */
  set: Record<string, Expression>;
  line: Line;
  /** Keeps in its line the fields as they were, so that its author may undo the change. */
  canUndo?: boolean;
  /** The fields that the caller needs of the changed thread, beside `_id`. */
  returns?: readonly Field[];
  session?: ClientSession;
};

/** A fresh operation id, for a call that brings none. */
export function newOperation(): string {
  return randomUUID();
}

/**
 * Changes one thread in one conditional write: the new state, `revision` + 1, one line of history and the due times of
 * the followers. Changes nothing and returns null if the rule or the operation id does not match, or if a member changes
 * a thread whose history is full; otherwise returns `returns` of the thread as it is afterwards. Safe to repeat with the
 * same `op`.
 * Throws the server's MaxTimeMSExpired, with nothing changed, if another transaction locks the thread for 5 s.
 */
export async function changeThread<Field extends keyof StoredThread = never>(
  transition: Transition<Field>,
): Promise<ThreadWith<Field> | null> {
  const { threadId, op, where, set, line, canUndo = false, returns = [], session } = transition;
  const entry = {
    op: literal(op),
    kind: literal(line.kind),
    at: "$$NOW",
    revision: NEXT_REVISION,
    by: line.by ? person(line.by) : null,
    way: literal(line.way ?? (line.by ? "web" : "system")),
    ...line.details,
    ...(canUndo && { before: BEFORE }),
  };
  // By the driver: Mongoose finds nothing to cast in a pipeline and costs a third of the claim. So nothing sanitises this
  // filter: each value in it is an id or a string that zod has checked, or an operator of ours.
  return EmailThread.collection.findOneAndUpdate(
    {
      _id: new Types.ObjectId(threadId),
      ...where,
      "history.op": { $ne: op },
      ...(line.by && { [`history.${HISTORY_FULL - 1}`]: { $exists: false } }),
      ...(canUndo && { $expr: { $lt: [{ $bsonSize: "$$ROOT" }, UNDO_ROOM_BYTES] } }),
    },
    [
      {
        $set: {
          ...set,
          revision: NEXT_REVISION,
          history: { $concatArrays: [{ $ifNull: ["$history", []] }, [entry]] },
          cardsDueAt: "$$NOW",
          cardsDueSince: "$$REMOVE",
          // A follower that copies the history just now sees the new revision and goes on.
          eventsDueAt: { $ifNull: ["$eventsDueAt", "$$NOW"] },
        },
      },
    ],
    {
      returnDocument: "after",
      projection: projectionOf(returns),
      ...(session && { session }),
      maxTimeMS: QUERY_TIME_MAX_MS, // or a ticket that a killed process locks would hold a connection for each caller
    },
  ) as Promise<ThreadWith<Field> | null>; // the projection's fields of a stored thread
}

type ThreadWith<Field extends keyof StoredThread> = Pick<StoredThread, "_id" | Field>;

function projectionOf(fields: readonly string[]): Record<string, 1> {
  return Object.fromEntries(["_id", ...fields].map((field) => [field, 1]));
}

/**
 * Fields that make `member` the assignee, who works on it from now on: `claimedAt` stays if `member` holds the thread
 * already, a hand-over is accepted, and nobody has to look at a declined one any more.
 */
export function assignTo(member: Person): Record<string, Expression> {
  return {
    assignedTo: literal(member.id),
    assignedToEmail: literal(member.email),
    assignedToName: literal(member.name),
    claimedAt: { $cond: [IS_UNASSIGNED, "$$NOW", { $ifNull: ["$claimedAt", "$$NOW"] }] },
    firstClaimedAt: { $ifNull: ["$firstClaimedAt", "$$NOW"] },
    handover: "$$REMOVE",
    ...NOT_DECLINED,
  };
}

/** Fields that leave a thread unassigned. */
export const NOBODY: Record<string, Expression> = {
  assignedTo: null,
  assignedToEmail: null,
  assignedToName: null,
  claimedAt: null,
  handover: "$$REMOVE",
};

/**
 * Fields of a new status. `resolvedAt` is when the ticket was last resolved, null if it is open again. The texts of a
 * ticket that is resolved anew are due for retention again.
 */
export function setStatus(status: TicketStatus): Record<string, Expression> {
  if (status !== "resolved") return { status: literal(status), resolvedAt: null };
  return { status: literal(status), resolvedAt: "$$NOW", bodiesRemovedAt: null };
}

/** The thread as stored now, read from the primary; null if there is none. */
export async function findStoredThread(threadId: ThreadId): Promise<StoredThread | null> {
  return EmailThread.findById(threadId).read("primary").readConcern("majority").lean<StoredThread>();
}

/** Like `findStoredThread`, with these fields and of the history only the line of `op`, which `lineOf` finds. */
export async function findForExplanation<Field extends keyof StoredThread>(
  threadId: ThreadId,
  op: string,
  fields: readonly Field[],
): Promise<ThreadWith<Field | "history"> | null> {
  const projection = { ...projectionOf(fields), history: { $elemMatch: { op } } };
  return EmailThread.findById(threadId, projection)
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<ThreadWith<Field | "history">>();
}

/** The history line that this operation wrote: proof that an earlier attempt with a lost answer happened. */
export function lineOf({ history }: Pick<StoredThread, "history">, op: string): StoredHistoryLine | null {
  return history?.find((line) => line.op === op) ?? null;
}

/** Those of the tickets whose own history still holds the line of the operation that `opOf` names for them. */
export async function ticketsChangedBy(
  threadIds: string[],
  opOf: (threadId: string) => string,
): Promise<Set<string>> {
  const rows = await EmailThread.find(
    {
      _id: trusted({ $in: threadIds.map((id) => new Types.ObjectId(id)) }),
      "history.op": trusted({ $in: threadIds.map(opOf) }),
    },
    { _id: 1 },
  )
    .read("primary")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  return new Set(rows.map(({ _id }) => _id.toHexString()));
}
