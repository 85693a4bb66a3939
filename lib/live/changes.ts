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

/** A change to something that a page may show, made by anybody in any process. */
export type Change =
  /** The thread was written. */
  | { kind: "ticket"; threadId: string }
  /** A message was added to the thread. */
  | { kind: "message"; threadId: string }
  /** The delivery of a message went on. */
  | { kind: "delivery"; messageId: string }
  /** The thread's card changed. */
  | { kind: "card"; threadId: string }
  | { kind: "mail" }
  /** The member was removed or let in again, or ended their sessions; or the row was replaced or deleted. */
  | { kind: "member"; memberId: string };

type ChangeListener = {
  /** Called for every change until `onLost`, which is the last call. */
  onChange: (change: Change) => void;
  onLost: () => void;
  /**
   * Called at least twice a second while the stream works: every change that was committed before the *previous* tick has
   * been passed to `onChange`.
   */
  onTick?: () => void;
};

/** Longest time that the server keeps an idle stream waiting for its next answer, in milliseconds. */
const TICK_MS = 500;

type Hub = { listeners: Set<ChangeListener>; isClosed: boolean; close: () => void };
const shared = processSingleton("live-changes", () => ({ hub: null as Promise<Hub> | null }));

/**
 * Calls `listener` for every change made after this has resolved, until the returned function is called or the change
 * stream is lost. All listeners of a process share one change stream, which is open only while there is a listener.
 * Rejects if the database is away.
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
      if (!hub.isClosed) return hub; // its last listener may have left in between
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
  // The stream starts at this moment, not when its cursor has opened.
  const { operationTime } = await db.command({ ping: 1 });
  const stream = db.watch<mongo.Document, StreamEvent>(PIPELINE, {
    startAtOperationTime: operationTime as mongo.Timestamp, // in every answer of a replica set
    maxAwaitTimeMS: TICK_MS,
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
  // Called for every answer of the server, also an empty one. Within an answer of several changes, not before the last.
  stream.on("resumeTokenChanged", () => {
    if (stream.bufferedCount() === 0) for (const listener of hub.listeners) listener.onTick?.();
  });
  void pump(stream, hub);
  return hub;
}

/** Passes every change to every listener. The driver resumes after failovers; if it cannot, all listeners are dropped. */
async function pump(stream: mongo.ChangeStream<mongo.Document, StreamEvent>, hub: Hub): Promise<void> {
  try {
    for await (const event of stream) {
      const change = toChange(event);
      for (const listener of change ? hub.listeners : []) if (change) listener.onChange(change);
    }
  } catch (error) {
    if (!hub.isClosed) log.warn({ err: error }, "change stream lost");
  }
  const listeners = [...hub.listeners];
  hub.close();
  for (const listener of listeners) listener.onLost();
}

type StreamEvent = {
  ns: { coll: string };
  documentKey: { _id: unknown };
  /** Of a new message only; an update carries just its id. */
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

/** Changes that people can see; not a lease taken or a due time moved. */
const PIPELINE = [
  {
    $match: {
      $or: [
        isVisible(COLLECTION.threads, inserted, { operationType: "delete" }, ...updated("revision")),
        isVisible(COLLECTION.messages, inserted, ...updated("state")),
        isVisible(COLLECTION.cards, inserted, ...updated("state", "syncedRevision", "lastError")),
        isVisible(COLLECTION.mails, inserted, ...updated("state")),
        isVisible(
          COLLECTION.members,
          ...[{ operationType: { $in: ["delete", "replace"] } }, ...updated("removedAt", "signedOutAt")],
        ),
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
      // Only an insert has the whole document.
      return threadId
        ? { kind: "message", threadId: String(threadId) }
        : { kind: "delivery", messageId: String(_id) };
    case COLLECTION.cards:
      return { kind: "card", threadId: String(_id).split(":")[0] ?? "" };
    case COLLECTION.mails:
      return { kind: "mail" };
    case COLLECTION.members:
      return { kind: "member", memberId: String(_id) };
    default:
      return null;
  }
}
