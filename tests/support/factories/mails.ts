import { createHash, randomUUID } from "node:crypto";
import type { Types } from "mongoose";
import { deliverStep } from "@/lib/outbound/deliver";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { createThread } from "./threads";

let written = 0;

/** Stores a mail of the customer in the thread, as the inbound path does. */
export async function createMail(
  thread: { _id: Types.ObjectId; from?: string },
  overrides: Partial<StoredMessage> = {},
): Promise<StoredMessage> {
  written += 1;
  const row = await EmailMessage.create({
    _id: createHash("sha256").update(randomUUID()).digest("hex"),
    threadId: thread._id,
    direction: "inbound",
    rfcMessageId: `<mail-${written}@customers.example>`,
    from: thread.from ?? "customer@example.com",
    subject: "Billing",
    text: `Mail ${written}`,
    visibleText: `Mail ${written}`,
    at: new Date(Date.UTC(2026, 1, 1) + written * 60_000),
    ...overrides,
  });
  if (!row.automatic) {
    await EmailThread.updateOne(
      { _id: thread._id },
      {
        $set: { lastMessageId: row._id, lastMessageAt: row.at, lastInboundAt: row.at },
        $inc: { revision: 1 },
      },
    );
  }
  return storedMessage(row._id);
}

/** Stores a thread and its first mail. */
export async function createTicket(overrides: Partial<StoredThread> = {}) {
  const thread = await createThread(overrides);
  return { thread, mail: await createMail(thread) };
}

export async function storedMessage(id: string): Promise<StoredMessage> {
  return EmailMessage.findById(id).orFail().lean<StoredMessage>();
}

/** Replies stored in the thread, oldest first. */
export async function storedReplies(thread: { _id: Types.ObjectId }): Promise<StoredMessage[]> {
  return EmailMessage.find({ threadId: thread._id, direction: "outbound" })
    .sort({ at: 1 })
    .lean<StoredMessage[]>();
}

/** Runs the followers of replies until nothing is due at `now`. */
export async function deliverAll(now = new Date()): Promise<void> {
  while ((await deliverStep(now)).worked || (await tellThreadStep(now)).worked);
}
