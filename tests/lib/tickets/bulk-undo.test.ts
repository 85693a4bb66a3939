import { beforeAll, describe, expect, test } from "vitest";
import type { BulkItem, BulkRequest, ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { actOnTickets, bulkOp } from "@/lib/tickets/bulk";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, tomas: TeamMember;
let made = 0;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  tomas = await createMember("Tomás Rivera");
});

type Ticket = { id: ThreadId; assignedTo?: string | null };
const itemsOf = (tickets: Ticket[]): BulkItem[] =>
  tickets.map(({ id, assignedTo = null }) => ({
    threadId: id,
    lastSeenMessageId: null,
    expectedAssignedTo: assignedTo,
  }));

type Act = { action: "claim" | "unclaim" } | { action: "status"; status: "resolved" };

/** Does the act on all tickets, and returns its key. */
async function act(tickets: Ticket[], what: Act, by = priya): Promise<string> {
  made += 1;
  const key = `key-${made}`;
  await actOnTickets({ ...what, items: itemsOf(tickets) }, by, bulkOp(by, key));
  return key;
}

const undo = (tickets: Ticket[], key: string, by = priya, own = `undo of ${key}`) => {
  const request: BulkRequest = { action: "undo", key, items: itemsOf(tickets) };
  return actOnTickets(request, by, bulkOp(by, own));
};
const done = ({ id }: Ticket) => ({ threadId: id, success: true, canUndo: false });
const gone = ({ id }: Ticket) => ({ threadId: id, success: false, reason: "nothing_to_undo" });
const assignees = (tickets: Ticket[]) =>
  Promise.all(tickets.map(async ({ id }) => (await storedThread(id)).assignedTo));

describe("a bulk undo", () => {
  test("gives each ticket back as it was, and leaves those that the act had not changed", async () => {
    const changed = [await heldTicket(null), await heldTicket(null)];
    const [own, others] = [await heldTicket(priya), await heldTicket(tomas)];
    const all = [...changed, own, others];
    const key = await act(all, { action: "claim" });
    expect(await undo(all, key)).toMatchObject([...changed.map(done), gone(own), gone(others)]);
    expect(await assignees(all)).toEqual([null, null, priya.id, tomas.id]);
  });

  test("leaves a ticket on which somebody has acted since, and undoes the others", async () => {
    const tickets = [await heldTicket(priya), await heldTicket(priya), await heldTicket(priya)];
    const key = await act(tickets, { action: "status", status: "resolved" });
    const [opened, free, third] = tickets;
    await setTicketStatus(opened?.id as ThreadId, "open", priya);
    await unclaimTicket(free?.id as ThreadId, priya);
    const [one, two, three] = await undo(tickets, key);
    expect([one, two]).toMatchObject([opened, free].map((ticket) => gone(ticket as Ticket)));
    expect(three).toEqual(done(third as Ticket));
    expect((await storedThread(third?.id as ThreadId)).status).toBe("open");
  });

  test("again, with its own key or another, is the same success and changes nothing", async () => {
    const tickets = [await heldTicket(null), await heldTicket(null)];
    const key = await act(tickets, { action: "claim" });
    for (const own of ["one", "one", "two"])
      expect(await undo(tickets, key, priya, own)).toEqual(tickets.map(done));
    for (const { id } of tickets)
      expect((await linesOf(id)).map(({ kind }) => kind)).toEqual(["claimed", "undone"]);
  });

  test("with a key that nobody used, or by somebody else, changes nothing", async () => {
    const tickets = [await heldTicket(null)];
    const key = await act(tickets, { action: "claim" });
    expect(await undo(tickets, "never")).toMatchObject(tickets.map(gone));
    expect(await undo(tickets, key, tomas)).toMatchObject(tickets.map(gone));
    expect(await assignees(tickets)).toEqual([priya.id]);
  });

  test("of an undo is refused", async () => {
    const tickets = [await heldTicket(null)];
    const key = await act(tickets, { action: "claim" });
    await undo(tickets, key, priya, "first undo");
    expect(await undo(tickets, "first undo")).toMatchObject(tickets.map(gone));
    expect(await assignees(tickets)).toEqual([null]);
  });

  test("names a ticket twice and undoes it once", async () => {
    const ticket = await heldTicket(priya);
    const key = await act([ticket], { action: "unclaim" });
    expect(await undo([ticket, ticket], key)).toMatchObject([
      done(ticket),
      { success: false, reason: "named_twice" },
    ]);
    expect(await assignees([ticket])).toEqual([priya.id]);
  });
});
