import { afterEach, describe, expect, test } from "vitest";
import { readConversation } from "@/lib/conversation/recipients";
import { addressKey } from "@/lib/mail/address";
import { countCustomer } from "@/lib/privacy/count";
import { requestErasure } from "@/lib/privacy/erasure";
import { eventStep } from "@/lib/tickets/events";
import { EmailThread, type StoredHistoryLine, type StoredParticipant } from "@/models/EmailThreadModel";
import { createMail, storedMessage } from "@/tests/support/factories/mails";
import { admin, createThread, storedThread } from "@/tests/support/factories/threads";
import { customerOf, emptyDesk, eraseAll, placesOf, retainAll } from "@/tests/support/privacy/customers";

afterEach(emptyDesk);

const ANN = "ann.people@customers.example";
const BEN = "ben.people@customers.example";
const at = new Date(Date.UTC(2026, 0, 1));

function participant(address: string, role: StoredParticipant["role"] = "copied"): StoredParticipant {
  return { key: addressKey(address), address, name: `Name of ${address}`, role, at };
}

async function erase(address: string) {
  await requestErasure(customerOf(address), admin());
  await eraseAll(new Date(Date.now() + 1_000));
  await retainAll(new Date());
}

const recipients = async (id: string) => (await readConversation(await storedThread(id))).recipients;

describe("an erased person", () => {
  test("who was only copied is gone from the ticket, which stays with the others", async () => {
    const participants = [participant(ANN, "customer"), participant(BEN)];
    const thread = await createThread({ from: ANN, participants, replyTo: [BEN], recipientsRevision: 3 });
    const mail = await createMail(thread, { cc: [BEN] });

    await erase(BEN);

    expect(await placesOf(BEN)).toEqual([]);
    expect(await recipients(thread.id)).toEqual({ to: [ANN], cc: [] });
    expect(await storedThread(thread.id)).toMatchObject({ from: ANN, recipientsRevision: 4, status: "open" });
    expect((await storedMessage(mail._id)).text).toBe(mail.text);
  });

  test("whom a member added and who never wrote is found, counted and gone, with the history of it", async () => {
    const line: StoredHistoryLine = {
      ...{ op: "add", kind: "participants_changed", at, revision: 2, by: null },
      ...{ added: [BEN, "cleo@customers.example"], removed: [BEN], customer: BEN },
    };
    const thread = await createThread({
      from: ANN,
      participants: [participant(ANN, "customer"), participant(BEN, "member")],
      history: [line],
      revision: 2,
      eventsDueAt: at,
    });
    await createMail(thread);
    while ((await eventStep(new Date(Date.now() + 1_000))).worked);
    expect((await countCustomer(customerOf(BEN))).tickets).toBe(1);

    await erase(BEN.toUpperCase());

    expect(await placesOf(BEN)).toEqual([]);
    expect((await storedThread(thread.id)).history?.[0]).toMatchObject({
      added: ["cleo@customers.example"],
      removed: [],
      customer: null,
    });
  });

  test("who is offered as a newcomer is gone, and no recipient changes", async () => {
    const thread = await createThread({ from: ANN, participants: [participant(ANN, "customer")] });
    const mail = await createMail(thread, { from: BEN });
    const newcomer = { ...participant(BEN), role: undefined, messageId: mail._id, why: "wrote" as const };
    await EmailThread.updateOne({ _id: thread._id }, { newcomers: [newcomer] }, { strict: false });
    await createMail(thread);

    await erase(BEN);

    expect(await placesOf(BEN)).toEqual([]);
    expect(await storedThread(thread.id)).not.toHaveProperty("recipientsRevision");
  });

  test("who was the customer leaves the ticket to those who remain, and no stranger follows", async () => {
    const participants = [participant(ANN, "customer"), participant(BEN)];
    const thread = await createThread({ from: ANN, participants, replyTo: ["ann2@customers.example"] });
    await createMail(thread, { cc: [BEN] });
    await createMail(thread, { from: "eve@other.example", isNewcomer: true });

    await erase(ANN);

    expect(await placesOf(ANN)).toEqual([]);
    expect(await recipients(thread.id)).toEqual({ to: [BEN], cc: [] });
    expect(await storedThread(thread.id)).toMatchObject({ from: "", replyTo: [], recipientsRevision: 1 });
  });

  test("who was the customer is followed by a participant who wrote", async () => {
    const participants = [participant(ANN, "customer"), participant(BEN)];
    const thread = await createThread({ from: ANN, participants });
    await createMail(thread);
    await createMail(thread, { from: BEN, fromName: "Ben" });

    await erase(ANN);

    expect(await storedThread(thread.id)).toMatchObject({
      from: BEN,
      fromName: "Ben",
      participants: [{ address: BEN, role: "customer" }],
    });
  });

  test("whose mail a colleague forwarded is gone with that mail", async () => {
    const thread = await createThread({ from: "tomas@team.example" });
    const forwardedFrom = { address: BEN, name: "Ben" };
    const mail = await createMail(thread, { forwardedFrom, text: `From: Ben <${BEN}>`, via: null });

    await erase(BEN);

    expect(await placesOf(BEN)).toEqual([]);
    expect(await storedMessage(mail._id)).toMatchObject({ text: "", erasedAt: expect.any(Date) });
  });
});
