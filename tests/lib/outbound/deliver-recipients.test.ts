import { beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { readDesk } from "@/lib/conversation/desk";
import { deliverStep, FAILING_MAX_MS, LEASE_MS } from "@/lib/outbound/deliver";
import { askMailServer } from "@/lib/outbound/mail-server";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import { replyToTicket } from "@/lib/tickets/reply";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member } from "@/tests/support/factories/threads";
import { startFaultySmtp, type Fault } from "@/tests/support/smtp/faulty-smtp";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";
import { setEnv } from "@/tests/support/routes/identities";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const ANN = "ann@farm.example";
const BEA = "bea@farm.example";
const AN_HOUR = 3_600_000;

beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.mails.splice(0);
});

const refusedFor = (address: string) => [
  { address, detail: "The mail server refused the address: 550 No such user." },
];
const refuse: Fault = { at: "second", do: "answer", line: "550 No such user" };
const putOff: Fault = { at: "second", do: "answer", line: "450 Greylisted" };

/** A reply of Priya's to Ann, with Bea in Cc. */
async function queueReply(overrides: Partial<StoredMessage> = {}) {
  const { thread, mail } = await createTicket({ from: ANN });
  await replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, priya);
  const [row] = await storedReplies(thread);
  const id = ContentId.parse(row?._id);
  await EmailMessage.updateOne({ _id: id }, { $set: { to: [ANN], cc: [BEA], ...overrides } });
  return id;
}

async function attempt(fault: Fault, overrides: Partial<StoredMessage> = {}) {
  const id = await queueReply(overrides);
  server.behave(fault);
  await deliverStep(new Date());
  return { id, row: await storedMessage(id) };
}

const takenBy = () => server.mails.map(({ rcptTo }) => rcptTo);
const inAnHour = () => new Date(Date.now() + AN_HOUR);

describe("a reply to two recipients", () => {
  test("is one mail to both", async () => {
    const id = await queueReply();
    await deliverAll();
    expect(await storedMessage(id)).toMatchObject({
      state: "sent",
      takenFor: [],
      undelivered: [],
      lastError: null,
    });
    expect(takenBy()).toEqual([[ANN, BEA]]);
  });

  test("is sent if one is refused for good, and says who did not get it, on open pages too", async () => {
    const { id, row } = await attempt(refuse);
    const told = { state: "sent", undelivered: refusedFor(BEA), lastError: expect.stringContaining(BEA) };
    expect(row).toMatchObject({ ...told, takenFor: [ANN] });
    expect(await LIVE_READS.deliveries([id])).toMatchObject([told]);
    await deliverAll(inAnHour());
    expect(takenBy()).toEqual([[ANN]]);
  });

  test("goes on with the one who was put off alone, with the same headers", async () => {
    const { id, row } = await attempt(putOff);
    expect(row).toMatchObject({ state: "queued", takenFor: [ANN], lastError: expect.stringContaining(BEA) });
    await deliverAll(inAnHour());
    expect(await storedMessage(id)).toMatchObject({ state: "sent", undelivered: [], lastError: null });
    expect(takenBy()).toEqual([[ANN], [BEA]]);
    const [first, second] = server.mails.map(({ raw }) => raw);
    expect(second).toBe(first);
  });

  test("is sent without the one who was put off until the last attempt", async () => {
    const { row } = await attempt(putOff, { failingSince: new Date(Date.now() - FAILING_MAX_MS) });
    expect(row).toMatchObject({ state: "sent", takenFor: [ANN], undelivered: [{ address: BEA }] });
  });

  test("fails if both are refused, and a retry goes to both", async () => {
    const { id, row } = await attempt({ at: "dot", do: "answer", line: "554 Spam" });
    expect(row).toMatchObject({ state: "failed", undelivered: [] });
    await settleDelivery(id, "retry", priya);
    await deliverAll();
    expect(takenBy()).toEqual([[ANN, BEA]]);
  });

  test("goes to neither after a break that may have come after both", async () => {
    const { row } = await attempt({ at: "dot", do: "drop" });
    expect(row).toMatchObject({ state: "unconfirmed" });
    await deliverAll(inAnHour());
    expect(takenBy()).toEqual([]);
  });
});

describe("a reply that one of two recipients has", () => {
  const half = { takenFor: [ANN], attempts: 1 };

  test("stays unconfirmed after an interruption, and is sent again to the other alone", async () => {
    const id = await queueReply({ ...half, state: "sending", leaseId: "gone", dueAt: new Date(0) });
    await deliverAll(new Date(Date.now() + LEASE_MS));
    expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed", takenFor: [ANN] });
    expect(takenBy()).toEqual([]);
    await settleDelivery(id, "send_again", priya);
    await deliverAll();
    expect(takenBy()).toEqual([[BEA]]);
    expect(await storedMessage(id)).toMatchObject({ state: "sent", lastError: null });
  });

  test("is retried for one who was refused before, but never for one who has it", async () => {
    const id = await queueReply({ ...half, state: "unconfirmed", undelivered: refusedFor(BEA) });
    await settleDelivery(id, "send_again", priya);
    expect(await storedMessage(id)).toMatchObject({ state: "queued", undelivered: [], takenFor: [ANN] });
    await deliverAll();
    expect(takenBy()).toEqual([[BEA]]);
  });

  test("still says who did not get it once a member marks it as sent", async () => {
    const id = await queueReply({ ...half, state: "unconfirmed", undelivered: refusedFor(BEA) });
    await settleDelivery(id, "mark_sent", priya);
    expect(await storedMessage(id)).toMatchObject({
      state: "sent",
      undelivered: refusedFor(BEA),
      lastError: expect.stringContaining(`Not delivered to ${BEA}`),
    });
  });
});

describe("whether the mail server takes addresses beyond ASCII", () => {
  const takesUtf8 = async () => (await readDesk()).takesUtf8;

  test("is known after a session, and after being asked at a start", async () => {
    await queueReply();
    await deliverAll();
    expect(await takesUtf8()).toBe(false);

    const able = await startFaultySmtp({ utf8: true });
    setEnv({ SMTP_URL: able.url });
    await askMailServer();
    expect(await takesUtf8()).toBe(true);
    await able.stop();
    await askMailServer();
    expect(await takesUtf8()).toBe(true);
    setEnv({ SMTP_URL: server.url });
  });
});
