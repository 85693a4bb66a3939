import "server-only";
import { randomUUID } from "node:crypto";
import type { ClientSession } from "mongoose";
import { Types } from "mongoose";
import { trusted } from "@/lib/store/db";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import type { ThreadId } from "@/lib/api/contracts";
import type { HistoryKind, TeamMember, TicketStatus } from "@/lib/api/vocabulary";

/** A value of an update pipeline: an expression of ours. Whatever comes from outside goes through `literal`. */
export type Expression = unknown;

/** `value` as data. Without this a name such as "$assignedTo" would be read as a field. */
export function literal(value: unknown): Expression {
  return { $literal: value };
}

export type Transition = {
  threadId: ThreadId;
  /** Names this call. The same id never changes a thread twice, however often the write is repeated. */
  op: string;
  /** The rule: the thread is changed only where it matches at the moment of the write. */
  where: Record<string, unknown>;
  /** Field to expression; all of them see the values from before the change. */
  set: Record<string, Expression>;
  line: {
    kind: HistoryKind;
    by: Pick<TeamMember, "id" | "email" | "name"> | null;
    details?: Record<string, Expression>;
  };
  session?: ClientSession;
};

/** A fresh operation id, for a call that carries none of its own. */
export function newOperation(): string {
  return randomUUID();
}

/**
 * Changes one thread in one conditional write: the new state, `revision` + 1, one line of history and the due times
 * of the followers, or nothing at all where the rule or the operation id does not match. Returns the thread as it is
 * afterwards, or null where nothing was changed. Safe to repeat with the same `op`.
 */
export async function changeThread(transition: Transition): Promise<StoredThread | null> {
  const { threadId, op, where, set, line, session } = transition;
  const revision = { $add: [{ $ifNull: ["$revision", 0] }, 1] };
  const entry = {
    op: literal(op),
    kind: literal(line.kind),
    at: "$$NOW",
    revision,
    by: literal(line.by ? { id: line.by.id, email: line.by.email, name: line.by.name } : null),
    ...line.details,
  };
  return EmailThread.findOneAndUpdate(
    { _id: new Types.ObjectId(threadId), ...where, "history.op": trusted({ $ne: op }) },
    [
      {
        $set: {
          ...set,
          revision,
          history: { $concatArrays: [{ $ifNull: ["$history", []] }, [entry]] },
          cardsDueAt: "$$NOW",
          eventsDueAt: "$$NOW",
        },
      },
    ],
    { returnDocument: "after", updatePipeline: true, session },
  ).lean<StoredThread>();
}

/** Fields that make `member` the assignee; `claimedAt` stays where somebody, who can only be `member`, holds it. */
export function assignTo(member: TeamMember): Record<string, Expression> {
  return {
    assignedTo: literal(member.id),
    assignedToEmail: literal(member.email),
    assignedToName: literal(member.name),
    claimedAt: { $cond: [isUnassigned, "$$NOW", { $ifNull: ["$claimedAt", "$$NOW"] }] },
    firstClaimedAt: { $ifNull: ["$firstClaimedAt", "$$NOW"] },
  };
}

export const isUnassigned: Expression = { $eq: [{ $ifNull: ["$assignedTo", null] }, null] };

/** Fields that leave a thread without an assignee. */
export const NOBODY: Record<string, Expression> = {
  assignedTo: null,
  assignedToEmail: null,
  assignedToName: null,
  claimedAt: null,
};

/** Fields of a new status; `resolvedAt` is when it was last resolved, and nothing once it is open again. */
export function setStatus(status: TicketStatus): Record<string, Expression> {
  return { status: literal(status), resolvedAt: status === "resolved" ? "$$NOW" : null };
}

/** The thread as stored now, from the primary, or null. */
export async function findStoredThread(threadId: ThreadId): Promise<StoredThread | null> {
  return EmailThread.findById(threadId).read("primary").readConcern("majority").lean<StoredThread>();
}

/** The line this operation wrote, where it did: proof that an earlier attempt with a lost answer happened. */
export function lineOf(thread: StoredThread, op: string): StoredHistoryLine | null {
  return thread.history?.find((line) => line.op === op) ?? null;
}
