import { describe, expect, test } from "vitest";
import { ContentId, type DeliveryRequest } from "@/lib/api/contracts";
import { DELIVERY_ACTIONS, type DeliveryState } from "@/lib/api/vocabulary";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { claimTicket } from "@/lib/tickets/claim";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const jonas = member("Jonas Weber");
const catcher = await mailCatcherForFile();

const caught = (rfcMessageId: string | null) =>
  catcher.mails().filter(({ messageId }) => messageId === rfcMessageId);

/** A reply of Priya's in `state`, after `attempts` attempts. */
async function replyIn(state: DeliveryState, attempts = 1) {
  const { thread, mail } = await createTicket();
  await replyToTicket(
    { threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id, undoSeconds: 60 },
    priya,
  );
  const [row] = await storedReplies(thread);
  const id = ContentId.parse(row?._id);
  const leaseId = state === "unconfirmed" ? "old" : null;
  await EmailMessage.updateOne(
    { _id: id },
    { $set: { state, attempts, leaseId, lastError: "Some trouble." } },
  );
  return { thread, id, rfcMessageId: row?.rfcMessageId ?? null };
}

describe("settleDelivery", () => {
  test("retries a refused reply, and goes on counting its attempts", async () => {
    const { thread, id, rfcMessageId } = await replyIn("failed", 3);
    expect(await settleDelivery(id, "retry", priya)).toEqual({
      ok: true,
      value: { messageId: id, state: "queued" },
    });
    await deliverAll();
    expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 4, lastError: null });
    expect(caught(rfcMessageId)).toHaveLength(1);
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({
      kind: "delivery_settled",
      messageId: id,
      action: "retry",
      by: { id: priya.id },
    });
  });

  test("sends an unconfirmed reply again under the same Message-ID, if its author asks", async () => {
    const { id, rfcMessageId } = await replyIn("unconfirmed");
    await deliverAll();
    expect(caught(rfcMessageId)).toHaveLength(0);
    expect(await settleDelivery(id, "send_again", priya)).toMatchObject({
      ok: true,
      value: { state: "queued" },
    });
    await deliverAll();
    expect(caught(rfcMessageId)).toHaveLength(1);
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
  });

  test("marks an unconfirmed reply as sent without sending it, as the ticket's first reply", async () => {
    const { thread, id, rfcMessageId } = await replyIn("unconfirmed");
    expect(await settleDelivery(id, "mark_sent", priya)).toMatchObject({
      ok: true,
      value: { state: "sent" },
    });
    await deliverAll();
    expect(caught(rfcMessageId)).toHaveLength(0);
    expect(await storedMessage(id)).toMatchObject({
      state: "sent",
      sentAt: expect.any(Date),
      lastError: null,
    });
    expect((await storedThread(thread.id)).firstRepliedAt).toBeInstanceOf(Date);
  });

  test("undoes a reply that was not tried yet, and the author keeps the ticket", async () => {
    const { thread, id, rfcMessageId } = await replyIn("queued", 0);
    expect(await settleDelivery(id, "undo", priya)).toMatchObject({
      ok: true,
      value: { state: "cancelled" },
    });
    await deliverAll(new Date(Date.now() + 120_000));
    expect(caught(rfcMessageId)).toHaveLength(0);
    expect(await storedThread(thread.id)).toMatchObject({
      assignedTo: priya.id,
      attention: { kind: "undone", replyId: id },
    });
  });

  test("does not undo a reply that was tried, since it may be on its way", async () => {
    const { id } = await replyIn("queued", 1);
    expect(await settleDelivery(id, "undo", priya)).toEqual({
      ok: false,
      failure: { reason: "delivery_settled", state: "queued" },
    });
  });

  test.each([
    { action: "retry", states: ["queued", "sending", "sent", "unconfirmed", "cancelled"] },
    { action: "send_again", states: ["queued", "sending", "sent", "failed", "cancelled"] },
    { action: "mark_sent", states: ["queued", "sending", "sent", "failed", "cancelled"] },
    { action: "undo", states: ["sending", "sent", "failed", "unconfirmed", "cancelled"] },
  ] as const)(
    "refuses $action for a reply in any other state and changes nothing",
    async ({ action, states }) => {
      for (const state of states) {
        const { thread, id } = await replyIn(state);
        const before = await storedMessage(id);
        const { revision } = await storedThread(thread.id);
        expect(await settleDelivery(id, action, priya)).toEqual({
          ok: false,
          failure: { reason: "delivery_settled", state },
        });
        expect(await storedMessage(id)).toEqual(before);
        expect((await storedThread(thread.id)).revision).toBe(revision);
      }
    },
  );

  test("accepts one of ten simultaneous decisions, and never sends twice", async () => {
    const { thread, id, rfcMessageId } = await replyIn("unconfirmed");
    const actions = Array.from({ length: 10 }, (_, index): DeliveryRequest["action"] =>
      index % 2 ? "send_again" : "mark_sent",
    );
    const outcomes = await Promise.all(actions.map((action) => settleDelivery(id, action, priya)));
    await deliverAll();
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(caught(rfcMessageId).length).toBeLessThanOrEqual(1);
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
    const lines = (await storedThread(thread.id)).history?.filter(({ kind }) => kind === "delivery_settled");
    expect(lines).toHaveLength(1);
  });

  test("either undoes a due reply or sends it, never both", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, rfcMessageId } = await replyIn("queued", 0);
      await EmailMessage.updateOne({ _id: id }, { $set: { dueAt: new Date(0) } });
      const [undone] = await Promise.all([settleDelivery(id, "undo", priya), deliverAll()]);
      await deliverAll();
      expect(caught(rfcMessageId)).toHaveLength(undone.ok ? 0 : 1);
      expect((await storedMessage(id)).state).toBe(undone.ok ? "cancelled" : "sent");
    }
  });

  test("leaves the decision to the assignee, even if that is another member by now", async () => {
    const { thread, id } = await replyIn("unconfirmed");
    expect(await settleDelivery(id, "mark_sent", jonas)).toMatchObject({
      failure: { reason: "already_claimed", assignedTo: priya.id },
    });
    await unclaimTicket(thread.id, priya);
    expect(await settleDelivery(id, "mark_sent", priya)).toEqual({
      ok: false,
      failure: { reason: "changed_meanwhile", assignedTo: null },
    });
    await claimTicket(thread.id, jonas);
    expect(await settleDelivery(id, "mark_sent", jonas)).toMatchObject({ ok: true });
  });

  test("answers a retried call as the first", async () => {
    const { id } = await replyIn("failed");
    const first = await settleDelivery(id, "retry", priya, "op-1");
    expect(await settleDelivery(id, "retry", priya, "op-1")).toEqual(first);
  });

  test("fails with not_found if there is no such reply", async () => {
    const { mail } = await createTicket();
    for (const id of ["f".repeat(64), mail._id]) {
      for (const action of DELIVERY_ACTIONS) {
        expect(await settleDelivery(ContentId.parse(id), action, priya)).toEqual({
          ok: false,
          failure: { reason: "not_found" },
        });
      }
    }
  });
});
