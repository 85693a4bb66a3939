import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import mongoose from "mongoose";
import { expect, test } from "vitest";
import { endOrphanedTransactions, limitTransactions } from "@/lib/store/transactions";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { createTicket, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";

const root = path.resolve(import.meta.dirname, "..", "..", "..");

/** Kills a process of the desk between the writes and the commit of a reply. */
async function dieInReply(threadId: string): Promise<void> {
  const script = path.join(root, "tests", "support", "desk", "die-in-reply.ts");
  const env = { ...process.env, THREAD_ID: threadId, CRASH_AT: "reply.before-commit" };
  const args = ["--import", "tsx", "--conditions=react-server", script];
  const died = promisify(execFile)(process.execPath, args, { cwd: root, env });
  await expect(died).rejects.toMatchObject({ signal: "SIGKILL" });
}

test("a ticket whose process was killed inside a transaction can be claimed within seconds, and nothing of the reply is stored", async () => {
  const { thread } = await createTicket();
  await dieInReply(thread.id);
  const locked = EmailThread.updateOne({ _id: thread._id }, { $set: { excerpt: "" } }, { maxTimeMS: 200 });
  await expect(locked).rejects.toMatchObject({ code: 50 }); // the server waits for the dead process

  await expect.poll(endOrphanedTransactions, { timeout: 15_000, interval: 500 }).toBeGreaterThan(0);
  const jonas = member("Jonas Weber");
  expect(await claimTicket(thread.id, jonas)).toMatchObject({ ok: true });
  expect(await storedThread(thread.id)).toMatchObject({
    assignedTo: jonas.id,
    history: [{ kind: "claimed", by: { id: jonas.id } }],
  });
  expect(await storedReplies(thread)).toEqual([]);
});

test("a transaction that a live process is in the middle of is left alone", async () => {
  const { thread } = await createTicket();
  const session = await mongoose.startSession();
  session.startTransaction();
  await EmailThread.updateOne({ _id: thread._id }, { $set: { excerpt: "New." } }, { session });
  await endOrphanedTransactions();
  await session.commitTransaction();
  await session.endSession();
  expect(await storedThread(thread.id)).toMatchObject({ excerpt: "New." });
});

test.each([
  ["shortens the server's default life of a transaction", 60, 15],
  ["keeps one that somebody chose", 45, 45],
])("%s", async (_, before, after) => {
  const admin = mongoose.connection.getClient().db("admin");
  const name = "transactionLifetimeLimitSeconds";
  await admin.command({ setParameter: 1, [name]: before });
  await limitTransactions();
  expect(await admin.command({ getParameter: 1, [name]: 1 })).toMatchObject({ [name]: after });
  await admin.command({ setParameter: 1, [name]: 15 });
});
