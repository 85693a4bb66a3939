import "server-only";
import type { ClientSession, QueryFilter, Types } from "mongoose";
import { addressKey } from "@/lib/mail/address";
import { trusted } from "@/lib/store/db";
import { literal, type Expression } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { isIn, isOf, type Customer } from "./customer";

const NEXT_RECIPIENTS = { $add: [{ $ifNull: ["$recipientsRevision", 0] }, 1] };

/**
 * The fields of a thread's people without the customer; `next` is who wrote the newest mail that is left. They follow the
 * customer only if they are a participant, since nothing is addressed to anybody else.
 */
export function peopleWithout(
  customer: Customer,
  thread: StoredThread,
  next: { from: string; fromName: string | null } | null,
): Record<string, Expression> {
  const { participants, newcomers = [], replyTo = [], from } = thread;
  const isCustomers = isOf(customer, from);
  // The customer has written again since the request: that mail stays, and so does whom it is answered to.
  if (next && isOf(customer, next.from)) return isCustomers ? headOf(next) : {};
  const revision = isIn(customer, thread) || !participants ? { recipientsRevision: NEXT_RECIPIENTS } : {};
  if (!participants) return { ...(isCustomers ? headOf(next) : {}), ...revision };
  const left = participants.filter(({ address }) => !isOf(customer, address));
  const key = isCustomers ? addressKey(next?.from ?? "") : null;
  const follower = left.find((participant) => participant.key === key);
  const roles = left.map((one) => (one === follower ? { ...one, role: "customer" as const } : one));
  return {
    ...(isCustomers ? headOf(follower ? next : null) : {}),
    ...revision,
    participants: literal(roles),
    newcomers: literal(newcomers.filter(({ address }) => !isOf(customer, address))),
    replyTo: literal(isCustomers ? [] : replyTo.filter((address) => !isOf(customer, address))),
  };
}

function headOf(next: { from: string; fromName: string | null } | null) {
  return { from: literal(next?.from ?? ""), fromName: literal(next?.fromName ?? null) };
}

/** Takes the customer's address out of the lines that tell whom a member added, removed or made the customer. */
export async function eraseFromHistory(
  threadId: Types.ObjectId,
  customer: Customer,
  session: ClientSession,
): Promise<void> {
  const thread = await EmailThread.findById(threadId, "history", { session }).lean<StoredThread>();
  const events = await TicketEvent.find({ threadId }, "added removed customer", { session }).lean<Lines>();
  const named = [...(thread?.history ?? []), ...events].flatMap(addressesIn);
  const gone = [...new Set(named)].filter((address) => isOf(customer, address));
  if (gone.length === 0) return;
  const pulled = { $in: gone };
  await EmailThread.updateOne(
    { _id: threadId },
    { $pull: { "history.$[].added": pulled, "history.$[].removed": pulled } },
    { session },
  );
  await EmailThread.updateOne(
    { _id: threadId },
    { $set: { "history.$[line].customer": null } },
    { session, arrayFilters: [{ "line.customer": pulled }] },
  );
  await TicketEvent.updateMany({ threadId }, { $pull: { added: pulled, removed: pulled } }, { session });
  for (const address of gone) {
    await TicketEvent.updateMany({ threadId, customer: address }, { $set: { customer: null } }, { session });
  }
}

/**
 * Empties the words that members wrote about the ticket: the notes with hand-overs, and the reasons to decline one. They may
 * tell of the customer. The lines and rows stay, and who wrote them.
 */
export async function eraseNotes(threadId: Types.ObjectId, session: ClientSession): Promise<void> {
  const isText = trusted({ $type: "string" });
  const ofLines = ["note", "before.handover.note", "before.declined.reason"] as const;
  for (const field of ofLines) {
    // The condition on the thread too: an update of a missing list fails.
    await EmailThread.updateOne(
      { _id: threadId, [`history.${field}`]: isText },
      { $set: { [`history.$[line].${field}`]: null } },
      { session, arrayFilters: [{ [`line.${field}`]: { $type: "string" } }] },
    );
  }
  const given = { _id: threadId, "handover.note": isText } as QueryFilter<StoredThread>;
  await EmailThread.updateOne(given, { $set: { "handover.note": null } }, { session });
  const isDeclined = { _id: threadId, declined: trusted({ $exists: true }) } as QueryFilter<StoredThread>;
  await EmailThread.updateOne(isDeclined, { $set: { "declined.reason": "" } }, { session });
  // Not unset: a copy that was under way is repeated with the thread's own line, and writes null as well.
  const noted = { threadId, note: isText } as QueryFilter<StoredTicketEvent>;
  await TicketEvent.updateMany(noted, { $set: { note: null } }, { session });
  const declined = { threadId, declined: trusted({ $exists: true }) } as QueryFilter<StoredMessage>;
  await EmailMessage.updateMany(declined, { $set: { "declined.reason": "" } }, { session });
}

type Lines = Pick<StoredHistoryLine, "added" | "removed" | "customer">[];

function addressesIn({ added = [], removed = [], customer }: Lines[number]): string[] {
  return [...added, ...removed, ...(customer ? [customer] : [])];
}
