import { randomUUID } from "node:crypto";
import { trusted } from "@/lib/store/db";
import { deliverStep, LEASE_MS } from "@/lib/outbound/deliver";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type { CardDesk } from "@/tests/support/cards/cards";

// Workers that die half-way. These functions write the state between two of a worker's writes: a lease of a dead worker
// and, if the work was done, nothing of its result.

const CARD_LEASE_MS = 60_000;
const DESTINATION_LEASE_MS = 30_000;
/** A lease id, different for each worker. */
const dead = () => `dead worker ${randomUUID()}`;

const after = (now: Date, ms: number) => new Date(now.getTime() + ms);

/** Leases a due reply and dies before it connects to the mail server. */
export async function dieBeforeSending(now: Date): Promise<void> {
  await EmailMessage.updateOne(
    { state: "queued", dueAt: trusted({ $lte: now }) },
    {
      $set: { state: "sending", leaseId: dead(), dueAt: after(now, LEASE_MS) },
      $inc: { attempts: 1 },
    },
  );
}

/** Attempts a due reply and dies before it records the outcome. */
export async function dieAfterSending(now: Date, timeouts: Parameters<typeof deliverStep>[1]): Promise<void> {
  const [rows, threads] = await Promise.all([
    EmailMessage.find({ state: "queued" }).lean<StoredMessage[]>(),
    EmailThread.find({}).lean<StoredThread[]>(),
  ]);
  await deliverStep(now, timeouts);
  for (const row of rows) {
    const { attempts } = await EmailMessage.findById(row._id).orFail().lean<StoredMessage>();
    if (attempts === row.attempts) continue;
    const thread = threads.find(({ _id }) => _id.equals(row.threadId));
    if (thread) await EmailThread.collection.replaceOne({ _id: thread._id }, thread);
    const lease = { state: "sending" as const, leaseId: dead(), dueAt: after(now, LEASE_MS) };
    await EmailMessage.collection.replaceOne({ _id: row._id as never }, { ...row, ...lease, attempts }); // a string id
  }
}

/** Leases a due card and dies before it sends a request to Discord. */
export async function dieBeforeRequest(now: Date): Promise<void> {
  await Card.updateOne(
    { leaseId: null, dueAt: trusted({ $lte: now }) },
    { $set: { leaseId: dead(), dueAt: after(now, CARD_LEASE_MS) } },
  );
}

/** Sends one card and dies before it records Discord's answer. */
export async function dieAfterRequest(desk: CardDesk): Promise<void> {
  const now = desk.clock.now();
  const [cards, destinations] = await Promise.all([
    Card.find({}).lean<StoredCard[]>(),
    Destination.find({}).lean<StoredDestination[]>(),
  ]);
  const before = desk.discord.requests().length;
  await desk.step();
  const [request] = desk.discord.requests().slice(before);
  // A dead worker would forget an answer that asks to wait, and the next one would ask too early.
  if (!request || request.status !== 200) return;

  for (const card of cards) {
    const left = await Card.findById(card._id).orFail().lean<StoredCard>();
    if (JSON.stringify(left) === JSON.stringify(card)) continue;
    const { uncertainPosts, syncedInboundAt, postStartedAt } = left;
    const marker =
      request.method === "POST"
        ? { state: "posting" as const, uncertainPosts, syncedInboundAt, postStartedAt }
        : {};
    const lease = { leaseId: dead(), dueAt: after(now, CARD_LEASE_MS) };
    await Card.collection.replaceOne({ _id: card._id as never }, { ...card, ...marker, ...lease }); // a string id
  }
  for (const destination of destinations.filter(({ webhookId, leaseId }) => webhookId && !leaseId)) {
    const lease = { leaseId: dead(), leaseUntil: after(now, DESTINATION_LEASE_MS) };
    const { _id, ...fields } = destination;
    if (_id !== "discord") await Destination.updateOne({ _id }, { $set: { ...fields, ...lease } });
  }
}
