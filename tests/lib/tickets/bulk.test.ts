import { beforeAll, describe, expect, test } from "vitest";
import { BulkRequest, ThreadId, type BulkItem } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { actOnTickets, bulkOp } from "@/lib/tickets/bulk";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread } from "@/models/EmailThreadModel";
import { expectOneLineAChange, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { admin, createLegacyThread, storedThread } from "@/tests/support/factories/threads";
import { breakThread, mendThread } from "@/tests/support/factories/unwritable";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember;
const maya = admin();
const SEEN = "a".repeat(64);
const NEWER = "b".repeat(64);

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
});

type Ticket = { id: ThreadId };
type Sent = Omit<BulkItem, "threadId">;
const item = ({ id }: Ticket, sent: Sent = {}) => ({ threadId: id, ...sent });
const many = (count: number, make: () => Promise<Ticket>) => Promise.all(Array.from({ length: count }, make));

const changed = ({ id }: Ticket) => ({ threadId: id, success: true, canUndo: true });
const asWanted = ({ id }: Ticket) => ({ threadId: id, success: true, canUndo: false });
const refused = ({ id }: Ticket, failure: object) => ({ threadId: id, success: false, ...failure });
const assigneeOf = async ({ id }: Ticket) => (await storedThread(id)).assignedTo;

describe("a bulk claim", () => {
  test("claims each free ticket and says of the others who has them, in the order of the request", async () => {
    const [free, taken, own, old] = [
      await heldTicket(null),
      await heldTicket(tomas),
      await heldTicket(priya),
      await createLegacyThread(),
    ];
    const missing = { id: ThreadId.parse("f".repeat(24)) };
    const all = [taken, free, missing, own, old];
    const results = await actOnTickets({ action: "claim", items: all.map((one) => item(one)) }, priya);
    expect(results).toMatchObject([
      refused(taken, {
        reason: "already_claimed",
        assignedTo: tomas.id,
        error: `${tomas.name} has already claimed this ticket.`,
      }),
      changed(free),
      refused(missing, { reason: "not_found", error: "There is no such ticket." }),
      asWanted(own),
      changed(old),
    ]);
    expect(await assigneeOf(free)).toBe(priya.id);
    expect(await linesOf(free.id)).toMatchObject([{ kind: "claimed", way: "web", by: { id: priya.id } }]);
    expect(await linesOf(own.id)).toEqual([]);
  });

  test("of a ticket that is named twice is done once, and the second one says so", async () => {
    const ticket = await heldTicket(null);
    const results = await actOnTickets({ action: "claim", items: [item(ticket), item(ticket)] }, priya);
    expect(results).toMatchObject([
      changed(ticket),
      refused(ticket, { reason: "named_twice", error: "This ticket is named twice. It was done once." }),
    ]);
    await expectOneLineAChange(ticket.id);
  });

  test("of a hundred tickets claims each of them with one line of history", async () => {
    const tickets = await many(100, () => heldTicket(null));
    const results = await actOnTickets({ action: "claim", items: tickets.map((one) => item(one)) }, priya);
    expect(results).toEqual(tickets.map(changed));
    const stored = await EmailThread.find({ assignedTo: priya.id, revision: 2 }).lean();
    expect(stored.filter(({ history }) => history?.length === 1).length).toBeGreaterThanOrEqual(100);
  });

  test.each([0, 101])("of %i tickets is no request", (count) => {
    const items = Array.from({ length: count }, () => ({ threadId: "a".repeat(24) }));
    expect(BulkRequest.safeParse({ action: "claim", items }).success).toBe(false);
  });

  test("is not stopped by a ticket that takes no change, which says so", async () => {
    const tickets = await many(12, () => heldTicket(null));
    const broken = tickets[3] as (typeof tickets)[number];
    await breakThread(await storedThread(broken.id));
    const results = await actOnTickets({ action: "claim", items: tickets.map((one) => item(one)) }, priya);
    const error = "The desk could not change this ticket. Try it alone.";
    expect(results).toEqual(
      tickets.map((one) =>
        one === broken ? refused(one, { reason: "internal_error", error }) : changed(one),
      ),
    );
    await mendThread(await storedThread(broken.id));
  });
});

describe("a bulk act that is repeated with its key", () => {
  test("changes nothing, though the tickets have moved on, and says that it changed them", async () => {
    const [moved, still, taken] = [await heldTicket(null), await heldTicket(null), await heldTicket(tomas)];
    const items = [moved, still, taken].map((one) => item(one));
    const op = bulkOp(priya, "key-1");
    const first = await actOnTickets({ action: "claim", items }, priya, op);
    await unclaimTicket(moved.id, priya);
    await claimTicket(moved.id, tomas);
    expect(await actOnTickets({ action: "claim", items }, priya, op)).toEqual(first);
    expect(await assigneeOf(moved)).toBe(tomas.id);
    await expectOneLineAChange(still.id);
  });

  test("at the same time is done once", async () => {
    const tickets = await many(10, () => heldTicket(null));
    const items = tickets.map((one) => item(one));
    const op = bulkOp(priya, "key-2");
    const answers = await Promise.all(
      [1, 2, 3].map(() => actOnTickets({ action: "claim", items }, priya, op)),
    );
    for (const results of answers) expect(results).toEqual(tickets.map(changed));
    for (const { id } of tickets) await expectOneLineAChange(id);
  });

  test("of another member is another act", async () => {
    const ticket = await heldTicket(null);
    const items = [item(ticket)];
    await actOnTickets({ action: "claim", items }, priya, bulkOp(priya, "key-3"));
    await unclaimTicket(ticket.id, priya);
    const results = await actOnTickets({ action: "claim", items }, jonas, bulkOp(jonas, "key-3"));
    expect(results).toEqual([changed(ticket)]);
  });
});

describe("a bulk unclaim", () => {
  test("takes each ticket only from the assignee whom the caller saw", async () => {
    const [own, free, others, moved, seenFree] = [
      await heldTicket(priya),
      await heldTicket(null),
      await heldTicket(tomas),
      await heldTicket(tomas),
      await heldTicket(priya),
    ];
    const items = [
      item(own, { expectedAssignedTo: priya.id }),
      item(free, { expectedAssignedTo: priya.id }),
      item(others, { expectedAssignedTo: tomas.id }),
      item(moved, { expectedAssignedTo: priya.id }),
      item(seenFree, { expectedAssignedTo: null }),
    ];
    expect(await actOnTickets({ action: "unclaim", items }, priya)).toMatchObject([
      changed(own),
      asWanted(free),
      refused(others, { reason: "not_assignee" }),
      refused(moved, { reason: "changed_meanwhile", assignedTo: tomas.id }),
      refused(seenFree, { reason: "changed_meanwhile", assignedTo: priya.id }),
    ]);
    expect(await Promise.all([own, others, moved, seenFree].map(assigneeOf))).toEqual([
      null,
      tomas.id,
      tomas.id,
      priya.id,
    ]);
  });

  test("by an admin unclaims anybody's tickets", async () => {
    const tickets = [await heldTicket(priya), await heldTicket(tomas)];
    const items = tickets.map((one) => item(one, { expectedAssignedTo: one.assignedTo ?? null }));
    expect(await actOnTickets({ action: "unclaim", items }, maya)).toEqual(tickets.map(changed));
  });
});

describe("a bulk hand-over", () => {
  test("gives each ticket by the rule of a single one, with the same words", async () => {
    const [own, free, others, theirs] = [
      await heldTicket(priya),
      await heldTicket(null),
      await heldTicket(tomas),
      await heldTicket(jonas),
    ];
    const items = [own, free, others, theirs].map((one) => ({
      threadId: one.id,
      expectedAssignedTo: one.assignedTo ?? null,
    }));
    const request = { action: "reassign" as const, assignedTo: jonas.id, note: "Yours", items };
    expect(await actOnTickets(request, priya)).toMatchObject([
      changed(own),
      refused(free, { reason: "not_assignee", act: "assign" }),
      refused(others, { reason: "not_assignee", act: "reassign" }),
      asWanted(theirs),
    ]);
    expect(await storedThread(own.id)).toMatchObject({
      assignedTo: jonas.id,
      handover: { by: { id: priya.id }, note: "Yours" },
    });
  });

  test("to somebody who may not hold tickets says so of each ticket and changes none", async () => {
    const tickets = await many(3, () => heldTicket(priya));
    const items = tickets.map(({ id }) => ({ threadId: id, expectedAssignedTo: priya.id }));
    const results = await actOnTickets({ action: "reassign", assignedTo: "user_nobody", items }, priya);
    expect(results).toMatchObject(
      tickets.map((one) => refused(one, { reason: "unknown_member", why: "unknown" })),
    );
    expect(await Promise.all(tickets.map(assigneeOf))).toEqual(tickets.map(() => priya.id));
  });
});

describe("a bulk change of status", () => {
  test("resolves each ticket whose newest message was seen and that nobody took since", async () => {
    const at = (holder: TeamMember | null) => heldTicket(holder, { lastMessageId: SEEN });
    const [own, free, newer, others, lost] = [
      await at(priya),
      await at(null),
      await heldTicket(priya, { lastMessageId: NEWER }),
      await at(tomas),
      await at(null),
    ];
    const seen = { lastSeenMessageId: SEEN };
    const items = [
      item(own, { ...seen, expectedAssignedTo: priya.id }),
      item(free, { ...seen, expectedAssignedTo: null }),
      item(newer, { ...seen, expectedAssignedTo: priya.id }),
      item(others, { ...seen, expectedAssignedTo: null }),
      item(lost, { ...seen, expectedAssignedTo: priya.id }),
    ];
    expect(await actOnTickets({ action: "status", status: "resolved", items }, priya)).toMatchObject([
      changed(own),
      changed(free),
      refused(newer, { reason: "newer_messages", messages: [], lastMessageId: NEWER }),
      refused(others, { reason: "already_claimed", assignedTo: tomas.id }),
      refused(lost, { reason: "changed_meanwhile", assignedTo: null }),
    ]);
    const statuses = [own, free, newer, others, lost].map(async ({ id }) => (await storedThread(id)).status);
    expect(await Promise.all(statuses)).toEqual(["resolved", "resolved", "open", "open", "open"]);
    expect(await assigneeOf(free)).toBe(priya.id);
  });

  test("leaves a ticket that has the status already, which cannot be undone", async () => {
    const ticket = await heldTicket(priya, { status: "waiting" });
    const items = [item(ticket, { lastSeenMessageId: null })];
    expect(await actOnTickets({ action: "status", status: "waiting", items }, priya)).toEqual([
      asWanted(ticket),
    ]);
  });
});
