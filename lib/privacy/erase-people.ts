import "server-only";
import type { ClientSession, Types } from "mongoose";
import { addressKey } from "@/lib/mail/address";
import { literal, type Expression } from "@/lib/tickets/transition";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent } from "@/models/TicketEventModel";
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

type Lines = Pick<StoredHistoryLine, "added" | "removed" | "customer">[];

function addressesIn({ added = [], removed = [], customer }: Lines[number]): string[] {
  return [...added, ...removed, ...(customer ? [customer] : [])];
}
