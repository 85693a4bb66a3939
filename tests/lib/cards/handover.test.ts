import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { Member } from "@/models/MemberModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { handOver } from "@/tests/support/factories/handovers";
import { createMember } from "@/tests/support/factories/members";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");
const noor = member("Noor Haddad");
const OUT_OF_SIGHT_MS = 61 * 60_000;
const DECLINED = "↩️ Hand-over declined";
const REASON = "I know nothing about invoices";

beforeEach(async () => {
  desk = await CardDesk.start();
  await Member.deleteMany({});
  await Promise.all([createMember(priya.name), createMember(noor.name)]);
});
afterEach(() => desk.close());

/** A ticket that everybody has seen and that Priya gave to Noor. */
async function givenTicket(): Promise<ThreadId> {
  const id = await desk.postedTicket();
  await desk.teamSees(id);
  await claimTicket(id, priya);
  await handOver(id, { from: priya, to: noor, by: priya, note: "Over to you" });
  await desk.settle();
  return id;
}

async function declinedTicket(): Promise<ThreadId> {
  const id = await givenTicket();
  await declineTicket({ threadId: id, reason: REASON }, noor);
  await desk.settle();
  return id;
}

describe("the card of a ticket that was handed over", () => {
  test("names the new assignee, and none of the giver's words", async () => {
    const id = await givenTicket();
    expect(desk.textOf(id)).toContain(`👤 Claimed by: ${noor.email}\n`);
    expect(desk.textOf(id)).not.toMatch(/priya|Over to you/);
  });

  test("says in the desk's own words that it was declined, and names nobody any more", async () => {
    const id = await declinedTicket();
    expect(desk.textOf(id).split("\n").slice(0, 3)).toEqual([
      "📧 New email to support@desk.example",
      DECLINED,
      expect.stringMatching(/^From: /),
    ]);
    expect(desk.textOf(id)).not.toMatch(/Claimed by|noor|priya|invoices/);
  });

  test("says so no longer once somebody holds it", async () => {
    const id = await declinedTicket();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain(`👤 Claimed by: ${priya.email}\n`);
    expect(desk.textOf(id)).not.toContain(DECLINED);
  });

  test("says so no longer once it is given to somebody else", async () => {
    const id = await declinedTicket();
    await handOver(id, { from: null, to: priya });
    await desk.settle();
    expect(desk.textOf(id)).toContain(`👤 Claimed by: ${priya.email}\n`);
    expect(desk.textOf(id)).not.toContain(DECLINED);
  });

  test("moves to the end of the channel each time that it is declined out of sight", async () => {
    const id = await givenTicket();
    for (const [gen, from] of [noor, priya].entries()) {
      desk.clock.advance(OUT_OF_SIGHT_MS);
      await declineTicket({ threadId: id, reason: REASON }, from);
      await desk.settle();
      expect(desk.discord.messages()).toHaveLength(2 + gen);
      expect(desk.discord.messages().at(-1)?.content).toContain(id);
      expect(desk.textOf(id)).toContain(DECLINED);
      await handOver(id, { from: null, to: priya });
      await desk.settle();
    }
  });

  test("stays where it is if it is handed over, or claimed after it was declined", async () => {
    const id = await declinedTicket();
    const [posted] = desk.messagesOf(id);
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await claimTicket(id, priya);
    await desk.settle();
    await handOver(id, { from: priya, to: noor, by: priya });
    await desk.settle();
    expect(desk.messagesOf(id).map(({ id: messageId }) => messageId)).toEqual([posted?.id]);
  });

  test("stays deleted if it is declined after somebody deleted the card", async () => {
    const id = await givenTicket();
    desk.clock.advance(OUT_OF_SIGHT_MS);
    desk.deleteMessages(id);
    await declineTicket({ threadId: id, reason: REASON }, noor);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
  });
});
