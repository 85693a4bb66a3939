import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cardStep } from "@/lib/cards/converge";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Card } from "@/models/CardModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { createLegacyThread, createThread, member, storedThread } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");
const CLAIMED = "👤 Claimed by: priya_nair";

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

describe("cardStep", () => {
  test("posts the card of a new ticket at once", async () => {
    const id = await desk.mailArrives({ subject: "Need help with billing" });
    await desk.work();
    expect(desk.textOf(id)).toContain("Subject: Need help with billing\n");
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      syncedRevision: 1,
      dueAt: null,
      leaseId: null,
    });
    expect((await storedThread(id)).cardsDueAt).toBeUndefined();
  });

  test("names the assignee on the card within a second of the claim", async () => {
    const id = await desk.mailArrives();
    await desk.work();
    await claimTicket(id, priya);
    await desk.work();
    desk.clock.advance(1_000);
    await desk.work();
    expect(desk.textOf(id).split("\n")[1]).toBe(`${CLAIMED}@team.example`);
  });

  test("removes the assignee from the card when the ticket is unclaimed", async () => {
    const id = await desk.mailArrives();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain(CLAIMED);
    await unclaimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Claimed by");
  });

  test("shows that a ticket is resolved, until it is open again", async () => {
    const id = await desk.mailArrives();
    await setTicketStatus(id, "resolved", priya);
    await desk.customerWrites(id, "still broken");
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Resolved");
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain(`${CLAIMED}@team.example\n✅ Resolved\nFrom:`);
  });

  test("sends nothing if claim and unclaim leave the card as it was", async () => {
    const id = await desk.postedTicket();
    await claimTicket(id, priya);
    await unclaimTicket(id, priya);
    await desk.settle();
    expect(desk.requests()).toEqual(["POST"]);
    expect(await desk.cardOf(id)).toMatchObject({ syncedRevision: 3, dueAt: null });
  });

  test("sends one edit for changes that come close together", async () => {
    const id = await desk.postedTicket();
    await claimTicket(id, priya);
    await desk.work();
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    expect(desk.requests()).toEqual(["POST", "PATCH"]);
  });

  test("shows a change that comes while the card is being posted", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    const { faults } = desk.discord;
    faults.next({ kind: "held" });
    const isHeld = faults.held();
    const posting = desk.step();
    await isHeld;
    await claimTicket(id, priya);
    expect(await desk.step()).toMatchObject({ worked: true }); // another worker marks the card as due
    expect((await storedThread(id)).cardsDueAt).toBeUndefined();
    faults.letGo();
    await posting;
    await desk.settle();
    expect(desk.textOf(id)).toContain(CLAIMED);
  });

  test("posts new cards before it edits, and edits new messages before old ones", async () => {
    const old = await desk.postedTicket();
    desk.clock.advance(2 * 3_600_000);
    const recent = await desk.postedTicket();
    await claimTicket(old, priya);
    await claimTicket(recent, priya);
    const fresh = await desk.mailArrives();
    while ((await desk.step()).worked && (await Card.countDocuments({ threadId: fresh })) === 0);
    desk.clock.advance(1_000);
    await desk.settle();
    const order = desk.discord
      .requests()
      .slice(2)
      .map(({ body }) => String(body.content).match(/[0-9a-f]{24}/)?.[0]);
    expect(order).toEqual([fresh, recent, old]);
  });

  test("pings nobody with a customer's text", async () => {
    const id = await desk.postedTicket({ subject: "@everyone <@123456789012345678>", excerpt: "@here" });
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toMatchObject([{ mentionEveryone: false, mentions: [], mentionRoles: [] }]);
  });
});

describe("which tickets get a card", () => {
  test("a thread from before the product, once it changes", async () => {
    const { id } = await createLegacyThread();
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain(CLAIMED);
  });

  test("none without a webhook, and changed threads stay marked", async () => {
    const id = await desk.mailArrives();
    expect(await cardStep(desk.clock.now(), null)).toEqual({ worked: false });
    expect((await storedThread(id)).cardsDueAt).toBeInstanceOf(Date);
  });

  test("active tickets that changed in the last day, once a webhook is set", async () => {
    const now = desk.clock.now().getTime();
    const recent = await createThread({ cardsDueAt: new Date(now - 23 * 3_600_000) });
    const older = await createThread({ cardsDueAt: new Date(now - 25 * 3_600_000) });
    const resolved = await createThread({ cardsDueAt: new Date(now - 10 * 60_000), status: "resolved" });
    await desk.settle();
    expect([recent, older, resolved].map(({ id }) => desk.messagesOf(id).length)).toEqual([1, 0, 0]);
    expect((await storedThread(older.id)).cardsDueAt).toBeUndefined();
  });
});
