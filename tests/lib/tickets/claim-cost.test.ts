import mongoose from "mongoose";
import { expect, test, vi } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { newOperation } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread } from "@/models/EmailThreadModel";
import { commandsOf } from "@/tests/support/database/commands";
import { createThread, member } from "@/tests/support/factories/threads";

const [priya, tomas] = [member("Priya Nair"), member("Tomás Rivera")];

/** A thread with 2,000 lines of history, about 400 KB. */
async function createLongThread() {
  const line = { kind: "received", at: new Date(0), by: null, messageId: "m".repeat(64) };
  const history = Array.from({ length: 2_000 }, (_, at) => ({
    ...line,
    op: newOperation(),
    revision: at + 1,
  }));
  const thread = await createThread();
  await EmailThread.collection.updateOne({ _id: thread._id }, { $set: { history } });
  return thread;
}

const MODIFY = "findAndModify emailthreads";
const SEEN = { lastSeenMessageId: null };
const FIND = "find emailthreads";

test("a claim, an unclaim and a status over what was seen cost one command each, and a refused one a second; none fetches the history", async () => {
  const { id } = await createLongThread();
  const acts: [string[], () => Promise<unknown>][] = [
    [[MODIFY], () => claimTicket(id, priya)],
    [[MODIFY, FIND], () => claimTicket(id, tomas)],
    [[MODIFY, FIND], () => unclaimTicket(id, tomas)],
    [[MODIFY, FIND], () => setTicketStatus(id, "resolved", tomas, SEEN)],
    [[MODIFY], () => setTicketStatus(id, "waiting", priya, SEEN)],
    [[MODIFY], () => unclaimTicket(id, priya)],
  ];
  for (const [expected, act] of acts) {
    const commands = await commandsOf(act);
    expect(commands.map(({ name, collection }) => `${name} ${collection}`)).toEqual(expected);
    expect(Math.max(...commands.map(({ answerBytes }) => answerBytes))).toBeLessThan(2_000);
  }
});

test("runs no validators on the way", async () => {
  const { id } = await createLongThread();
  const query = mongoose.Query.prototype as unknown as { validate: () => Promise<void> };
  const validate = vi.spyOn(query, "validate");
  await claimTicket(id, priya);
  await setTicketStatus(id, "waiting", priya);
  await unclaimTicket(id, priya);
  expect(validate).not.toHaveBeenCalled();
});
