import "server-only";
import { trusted } from "@/lib/store/db";

// "Unassigned", defined once for filters, for update pipelines and for threads in hand. `null` also matches threads
// stored before the field existed; an import may have stored "".
const NO_ASSIGNEE = [null, ""];

/** Filter for threads without an assignee. */
export const UNASSIGNED = { assignedTo: trusted({ $in: NO_ASSIGNEE }) };

/** Filter for threads that `memberId` holds or nobody does. */
export function unassignedOr(memberId: string) {
  return { assignedTo: trusted({ $in: [...NO_ASSIGNEE, memberId] }) };
}

/** Filter for threads with an assignee. */
export const ASSIGNED = { assignedTo: trusted({ $nin: NO_ASSIGNEE }) };

/** The same as an expression of an update pipeline, true if nobody held the thread before the write. */
export const IS_UNASSIGNED = { $eq: [{ $ifNull: ["$assignedTo", ""] }, ""] };

/** The assignee's id of a thread that was read; null if it is unassigned. */
export function assigneeIdOf({ assignedTo }: { assignedTo?: string | null }): string | null {
  return assignedTo || null;
}
