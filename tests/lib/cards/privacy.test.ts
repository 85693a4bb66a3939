import { afterEach, beforeEach, expect, test } from "vitest";
import { requestErasure } from "@/lib/privacy/erasure";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { Card } from "@/models/CardModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { admin, member } from "@/tests/support/factories/threads";
import { customerOf, eraseAll, retainAll, setRetention } from "@/tests/support/privacy/customers";

const ADDRESS = "ann@customers.example";
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
let desk: CardDesk;

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

async function erase(): Promise<void> {
  await requestErasure(customerOf(ADDRESS), admin());
  await eraseAll(new Date(Date.now() + 1_000));
  await desk.settle();
}

test("the card of an erased ticket shows nothing of its customer any more", async () => {
  const id = await desk.postedTicket({
    from: ADDRESS,
    subject: "About account 4711",
    excerpt: "My number is 4711",
  });
  expect(desk.textOf(id)).toContain("4711");
  await erase();
  expect(desk.textOf(id)).toMatch(/^📧 New email\n✅ Resolved\n/);
  expect(desk.textOf(id)).not.toMatch(/4711|ann@/);
});

test("a ticket that never had a card gets none by being erased, or by losing its texts", async () => {
  await desk.mailArrives({ from: ADDRESS, cardsDueAt: undefined });
  await erase();
  const other = await desk.mailArrives({ from: "bob@customers.example", cardsDueAt: undefined });
  await setTicketStatus(other, "resolved", member("Priya"));
  desk.clock.advance(3_600_000);
  await desk.settle();
  await setRetention({ closedBodiesDays: 1 });
  await retainAll(inDays(2));
  await desk.settle();
  expect(await Card.countDocuments()).toBe(0);
});

test("the card of a closed ticket loses the excerpt together with the texts", async () => {
  const id = await desk.postedTicket({ from: ADDRESS, excerpt: "My number is 4711" });
  await setTicketStatus(id, "resolved", member("Priya"));
  await setRetention({ closedBodiesDays: 1 });
  await retainAll(inDays(2));
  await desk.settle();
  expect(desk.textOf(id)).not.toContain("4711");
  expect(desk.textOf(id)).toContain(`From: ${ADDRESS}`);
});
