import "server-only";
import mongoose, { type mongo } from "mongoose";
import { connectDb } from "@/lib/store/db";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { Card } from "@/models/CardModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { Member } from "@/models/MemberModel";

/** Something that a page may show has changed, by whomever and in whichever process. */
export type Change =
  /** `threadId` is null where only the message that changed is known. */
  | { kind: "ticket"; threadId: string | null }
  | { kind: "mail" }
  /** The member was removed, or ended their sessions. */
  | { kind: "member"; memberId: string };

/** Whoever listens hears every change until `lost`, after which nothing comes any more. */
export type ChangeListener = { heard: (change: Change) => void; lost: () => void };

type Hub = { listeners: Set<ChangeListener>; isClosed: boolean; close: () => void };
const shared = processSingleton("live-changes", () => ({ hub: null as Promise<Hub> | null }));

/**
 * Hears every change made after this resolved, until the returned function is called or the listener is told that the
 * stream was lost. All listeners of a process share one change stream, which is open only while somebody listens.
 * Rejects where the database is away.
 */
export async function listenToChanges(listener: ChangeListener): Promise<() => void> {
  const hub = await openedHub();
  hub.listeners.add(listener);
  return () => {
    hub.listeners.delete(listener);
    if (hub.listeners.size === 0) hub.close();
  };
}

async function openedHub(): Promise<Hub> {
  for (;;) {
    const opening = (shared.hub ??= openHub());
    try {
      const hub = await opening;
      if (!hub.isClosed) return hub; // its last listener may have left meanwhile
    } catch (error) {
      if (shared.hub === opening) shared.hub = null;
      throw error;
    }
  }
}

async function openHub(): Promise<Hub> {
  await connectDb();
  const { db } = mongoose.connection;
  if (!db) throw new Error("connected without a database");
  // The stream begins now, not whenever its cursor happens to be open.
  const { operationTime } = await db.command({ ping: 1 });
  const stream = db.watch<mongo.Document, StreamEvent>(PIPELINE, {
    startAtOperationTime: operationTime as mongo.Timestamp, // in every answer of a replica set
  });
  const hub: Hub = {
    listeners: new Set(),
    isClosed: false,
    close: () => {
      if (hub.isClosed) return;
      hub.isClosed = true;
      shared.hub = null;
      stream.close().catch((error: unknown) => log.debug({ err: error }, "change stream not closed"));
    },
  };
  void pump(stream, hub);
  return hub;
}

/** Tells every listener each change, and the driver resumes through failovers; when it cannot, all listeners go. */
async function pump(stream: mongo.ChangeStream<mongo.Document, StreamEvent>, hub: Hub): Promise<void> {
  try {
    for await (const event of stream) {
      const change = toChange(event);
      for (const listener of change ? hub.listeners : []) if (change) listener.heard(change);
    }
  } catch (error) {
    if (!hub.isClosed) log.warn({ err: error }, "change stream lost");
  }
  const listeners = [...hub.listeners];
  hub.close();
  for (const listener of listeners) listener.lost();
}

type StreamEvent = {
  ns: { coll: string };
  documentKey: { _id: unknown };
  /** Of a message that came in; an update names no more than the message. */
  threadId?: unknown;
};

const COLLECTION = {
  threads: EmailThread.collection.collectionName,
  messages: EmailMessage.collection.collectionName,
  cards: Card.collection.collectionName,
  mails: InboundEmail.collection.collectionName,
  members: Member.collection.collectionName,
};

const inserted = { operationType: { $in: ["insert", "replace"] } };
const updated = (...fields: string[]) =>
  fields.map((field) => ({ [`updateDescription.updatedFields.${field}`]: { $exists: true } }));
const isVisible = (collection: string, ...conditions: object[]) => ({
  "ns.coll": collection,
  $or: conditions,
});

/** What people see of a row; a lease that is taken, or a due time that moves, wakes nobody. */
const PIPELINE = [
  {
    $match: {
      $or: [
        isVisible(COLLECTION.threads, inserted, ...updated("revision")),
        isVisible(COLLECTION.messages, inserted, ...updated("state")),
        isVisible(COLLECTION.cards, inserted, ...updated("state", "syncedRevision", "lastError")),
        isVisible(COLLECTION.mails, inserted, ...updated("state")),
        isVisible(COLLECTION.members, ...updated("removedAt", "signedOutAt")),
      ],
    },
  },
  { $project: { "ns.coll": 1, documentKey: 1, threadId: "$fullDocument.threadId" } },
];

function toChange({ ns, documentKey: { _id }, threadId }: StreamEvent): Change | null {
  switch (ns.coll) {
    case COLLECTION.threads:
      return { kind: "ticket", threadId: String(_id) };
    case COLLECTION.messages:
      return { kind: "ticket", threadId: threadId ? String(threadId) : null };
    case COLLECTION.cards:
      return { kind: "ticket", threadId: String(_id).split(":")[0] ?? null };
    case COLLECTION.mails:
      return { kind: "mail" };
    case COLLECTION.members:
      return { kind: "member", memberId: String(_id) };
    default:
      return null;
  }
}
