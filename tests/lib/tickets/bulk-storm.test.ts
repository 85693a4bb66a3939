import { beforeAll, describe, expect, test } from "vitest";
import type { BulkResult, ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { actOnTickets } from "@/lib/tickets/bulk";
import { claimTicket } from "@/lib/tickets/claim";
import { race, ROUNDS } from "@/tests/support/checks/races";
import { expectOneLineAChange, heldTicket } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";

const TICKETS = 50;
let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
});

type Ticket = { id: ThreadId };
const many = (holder: TeamMember | null) =>
  Promise.all(Array.from({ length: TICKETS }, () => heldTicket(holder)));
const claimAll = (tickets: Ticket[], by: TeamMember) =>
  actOnTickets({ action: "claim", items: tickets.map(({ id }) => ({ threadId: id })) }, by);
const giveAll = (tickets: Ticket[], from: TeamMember, to: TeamMember, by: TeamMember) => {
  const items = tickets.map(({ id }) => ({ threadId: id, expectedAssignedTo: from.id }));
  return actOnTickets({ action: "reassign", assignedTo: to.id, items }, by);
};

/** One of two outcomes made the ticket its caller's choice; the other one names that choice. */
function expectOneWinner(
  stored: { assignedTo?: string | null },
  sides: { to: TeamMember; result?: BulkResult }[],
) {
  const winners = sides.filter(({ result }) => result?.success);
  expect(winners.map(({ to }) => to.id)).toEqual([stored.assignedTo]);
  for (const { result } of sides)
    if (!result?.success) {
      expect(result).toMatchObject({ assignedTo: stored.assignedTo });
      expect(result?.error).toContain(winners[0]?.to.name);
    }
}

describe("two bulk acts over the same fifty tickets at the same time", () => {
  test("as claims have one winner of each ticket, whom the other one learns", async () => {
    for (const round of ROUNDS) {
      const tickets = await many(null);
      const [own, theirs] = await race(
        round,
        () => claimAll(tickets, priya),
        () => claimAll(tickets.toReversed(), tomas),
      );
      const other = theirs.toReversed();
      for (const [at, { id }] of tickets.entries()) {
        const [one, two] = [own[at], other[at]];
        expectOneWinner(await storedThread(id), [
          { to: priya, ...(one && { result: one }) },
          { to: tomas, ...(two && { result: two }) },
        ]);
        await expectOneLineAChange(id);
      }
    }
  }, 120_000);

  test("as hand-overs give each ticket to one receiver, whom the other one learns", async () => {
    for (const round of ROUNDS.slice(0, 5)) {
      const tickets = await many(priya);
      const [own, theirs] = await race(
        round,
        () => giveAll(tickets, priya, jonas, priya),
        () => giveAll(tickets, priya, tomas, maya),
      );
      for (const [at, { id }] of tickets.entries()) {
        const [one, two] = [own[at], theirs[at]];
        expectOneWinner(await storedThread(id), [
          { to: jonas, ...(one && { result: one }) },
          { to: tomas, ...(two && { result: two }) },
        ]);
        await expectOneLineAChange(id);
      }
    }
  }, 120_000);
});

test("single claims beside a bulk claim have one winner of each ticket, whom the other one learns", async () => {
  for (const round of ROUNDS) {
    const tickets = await many(null);
    const [bulk, single] = await race(
      round,
      () => claimAll(tickets, priya),
      () => Promise.all(tickets.map(({ id }) => claimTicket(id, tomas))),
    );
    for (const [at, { id }] of tickets.entries()) {
      const { assignedTo } = await storedThread(id);
      const [one, two] = [bulk[at], single[at]];
      expect([one?.success, two?.ok].filter(Boolean)).toHaveLength(1);
      expect(assignedTo).toBe(one?.success ? priya.id : tomas.id);
      if (!one?.success) expect(one).toMatchObject({ assignedTo: tomas.id });
      if (!two?.ok) expect(two).toMatchObject({ failure: { assignedTo: priya.id } });
      await expectOneLineAChange(id);
    }
  }
}, 120_000);
