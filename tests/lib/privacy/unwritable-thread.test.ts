import { beforeEach, expect, test } from "vitest";
import { ERASURES, eraseStep, requestErasure } from "@/lib/privacy/erasure";
import { RETENTION } from "@/lib/privacy/retention";
import { retryDeadLetter } from "@/lib/store/queue/dead-letters";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { DeadLetter } from "@/models/DeadLetterModel";
import { Erasure } from "@/models/ErasureModel";
import { deliver } from "@/tests/support/factories/inbound-mails";
import { storedMessage } from "@/tests/support/factories/mails";
import { admin, member } from "@/tests/support/factories/threads";
import { breakThread, mendThread } from "@/tests/support/factories/unwritable";
import {
  customerOf,
  emptyDesk,
  eraseAll,
  mailFrom,
  newAddress,
  retainAll,
  setRetention,
} from "@/tests/support/privacy/customers";

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

beforeEach(emptyDesk);

test("a resolved ticket that cannot be written keeps no other ticket's texts from being removed", async () => {
  const [stuck, other] = [await deliver(mailFrom(newAddress())), await deliver(mailFrom(newAddress()))];
  for (const { threadId } of [stuck, other]) await setTicketStatus(threadId, "resolved", member("Priya"));
  await breakThread(stuck.thread);
  await setRetention({ closedBodiesDays: 1 });
  await retainAll(inDays(2));
  expect(await storedMessage(other.message._id)).toMatchObject({ text: "", emptiedAt: expect.any(Date) });
  expect(await storedMessage(stuck.message._id)).not.toHaveProperty("emptiedAt");

  for (let hour = 1; hour < 24; hour += 1) await retainAll(inDays(2 + hour / 24));
  const dead = { queue: "retention", rowId: String(stuck.threadId), attempts: 10 };
  expect(await DeadLetter.find().lean()).toMatchObject([dead]);
  await mendThread(stuck.thread);
  await retryDeadLetter(RETENTION, stuck.thread._id);
  await retainAll(inDays(3));
  expect(await storedMessage(stuck.message._id)).toMatchObject({ text: "" });
  expect(await DeadLetter.countDocuments()).toBe(0);
});

test("an erasure whose ticket cannot be written keeps no other erasure from ending", async () => {
  const [address, others] = [newAddress(), newAddress()];
  const { thread } = await deliver(mailFrom(address));
  await deliver(mailFrom(others));
  await breakThread(thread);
  const stuck = await requestErasure(customerOf(address), admin());
  const other = await requestErasure(customerOf(others), admin());
  const soon = new Date(Date.now() + 1_000);
  for (let step = 0; step < 10; step += 1) await eraseStep(soon);
  expect(await Erasure.findById(other._id).lean()).toMatchObject({ state: "done" });
  expect(await Erasure.findById(stuck._id).lean()).toMatchObject({
    state: "running",
    error: expect.stringMatching(/^A batch failed/),
  });

  for (let hour = 1; hour < 24; hour += 1) await eraseStep(inDays(hour / 24));
  expect(await DeadLetter.find().lean()).toMatchObject([{ queue: "erasure", rowId: stuck._id }]);
  await mendThread(thread);
  await retryDeadLetter(ERASURES, stuck._id);
  await eraseAll(inDays(1));
  expect(await Erasure.findById(stuck._id).lean()).toMatchObject({ state: "done", error: null });
  expect(await DeadLetter.countDocuments()).toBe(0);
});
