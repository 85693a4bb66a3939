import "server-only";
import { withAttention } from "@/lib/conversation/attention";
import type { StoredAttention, StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { attentionSet } from "./attention-change";
import { literal, person, type Expression } from "./transition";

/** The fields of a thread as a line of history keeps them, from before the change that wrote it. */
export type Before = NonNullable<StoredHistoryLine["before"]>;

/** Fields that give a thread its earlier assignee back; if it was declined then, it needs a look again beside all else. */
export function assignmentBefore(before: Before, now: StoredThread): Record<string, Expression> {
  const declined = declinedIn(before);
  return {
    assignedTo: literal(before.assignedTo ?? null),
    assignedToEmail: literal(before.assignedToEmail ?? null),
    assignedToName: literal(before.assignedToName ?? null),
    claimedAt: literal(before.claimedAt ?? null),
    handover: orRemoved(before.handover),
    givenBackTo: orRemoved(before.givenBackTo),
    declined: orRemoved(before.declined),
    tellDueAt: "$$REMOVE",
    ...(declined ? attentionSet(withAttention(now, declined)) : {}),
  };
}

/** The earlier assignee for a line of history; null if there was none. */
export function personBefore({ assignedTo, assignedToEmail, assignedToName }: Before): Expression {
  if (!assignedTo) return null;
  return person({
    id: assignedTo,
    email: assignedToEmail ?? "",
    name: assignedToName ?? assignedToEmail ?? assignedTo,
  });
}

/** `value` as data; without a value the field goes. */
export function orRemoved(value: unknown): Expression {
  return value === undefined || value === null ? "$$REMOVE" : literal(value);
}

/** That a member declined the ticket, which the change has ended as it gave it to somebody. */
function declinedIn({ attention, openAttention = [] }: Before): StoredAttention | null {
  return [attention, ...openAttention].find((one) => one?.kind === "declined") ?? null;
}
