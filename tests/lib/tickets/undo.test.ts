import { beforeAll, describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { newOperation } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { undoChange } from "@/lib/tickets/undo";
import { UNDONE_FIELDS, type StoredThread } from "@/models/EmailThreadModel";
import { customerMail, needingLook } from "@/tests/support/factories/attention";
import { givenTicket, handOver } from "@/tests/support/factories/handovers";
import { CLAIMED_AT, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { createLegacyThread, storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;
const SEEN = "a".repeat(64);

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
});

type Ticket = { id: ThreadId };
type Verb = (ticket: Ticket, op: string) => Promise<{ ok: boolean }>;

const claim =
  (by: TeamMember): Verb =>
  ({ id }, op) =>
    claimTicket(id, by, op, { canUndo: true });
const unclaim =
  (by: TeamMember): Verb =>
  ({ id }, op) =>
    unclaimTicket(id, by, { op, canUndo: true });
const give =
  (from: TeamMember | null, to: TeamMember, by: TeamMember): Verb =>
  ({ id }, op) => {
    const request = { threadId: id, assignedTo: to.id, expectedAssignedTo: from?.id ?? null };
    return reassignTicket(request, by, { op });
  };
const set =
  (status: "open" | "in_progress" | "waiting" | "resolved", by: TeamMember): Verb =>
  ({ id }, op) =>
    setTicketStatus(id, status, by, { op, canUndo: true, lastSeenMessageId: SEEN });

/** Makes the change so that it may be undone, and returns its operation. */
async function change(ticket: Ticket, verb: Verb): Promise<string> {
  const op = newOperation();
  expect(await verb(ticket, op)).toMatchObject({ ok: true });
  return op;
}

/** The fields that an undo gives back, those that are there. */
function undoable(thread: StoredThread) {
  return Object.fromEntries(
    UNDONE_FIELDS.flatMap((field) => (field in thread ? [[field, thread[field]]] : [])),
  );
}

const plain = ({ id, email, name }: TeamMember) => ({ id, email, name });
const refused = (failure: object) => ({ ok: false, failure });
const GONE = refused({ reason: "nothing_to_undo", by: null });

const LOOK = { ...needingLook(CLAIMED_AT), waitingSince: CLAIMED_AT, lastMessageId: SEEN };

/** The fields of a thread that nobody has closed yet may be missing. */
const NEVER_CLOSED = { status: "open", resolvedAt: null };

type Before = () => Promise<Ticket>;
const held: Before = () => heldTicket(priya, LOOK);
const free: Before = () => heldTicket(null, LOOK);
const given: Before = () => givenTicket(priya, { ...LOOK, note: "Yours" });
const resolved: Before = () =>
  heldTicket(priya, { status: "resolved", resolvedAt: CLAIMED_AT, lastMessageId: SEEN, waitingSince: null });
const declined: Before = async () => {
  const ticket = await givenTicket(jonas, { ...customerMail(CLAIMED_AT) });
  await declineTicket({ threadId: ticket.id, reason: "Away" }, jonas);
  return ticket;
};

describe("an undo gives back all as it was before", () => {
  test.each<[string, Before, () => Verb, () => TeamMember]>([
    ["a claim", free, () => claim(priya), () => priya],
    ["a claim of a declined ticket", declined, () => claim(priya), () => priya],
    ["an unclaim of one's own ticket", held, () => unclaim(priya), () => priya],
    ["an unclaim of a ticket that was given to one", given, () => unclaim(priya), () => priya],
    ["an unclaim by an admin", held, () => unclaim(maya), () => maya],
    ["a hand-over", held, () => give(priya, jonas, priya), () => priya],
    ["a hand-over of a ticket that was given to one", given, () => give(priya, jonas, priya), () => priya],
    ["a hand-over of an unassigned ticket", free, () => give(null, jonas, maya), () => maya],
    ["a hand-over of a declined ticket", declined, () => give(null, priya, maya), () => maya],
    ["an admin's taking of a ticket", held, () => give(priya, maya, maya), () => maya],
    ["a resolution", held, () => set("resolved", priya), () => priya],
    ["a resolution of a ticket that was given to one", given, () => set("resolved", priya), () => priya],
    ["a resolution that claimed the ticket", free, () => set("resolved", priya), () => priya],
    ["a change to waiting", held, () => set("waiting", priya), () => priya],
    ["a change to in progress that claimed the ticket", free, () => set("in_progress", priya), () => priya],
    ["the opening of a resolved ticket", resolved, () => set("open", priya), () => priya],
  ])("%s", async (_, start, verb, who) => {
    const ticket = await start();
    const before = await storedThread(ticket.id);
    const op = await change(ticket, verb());
    expect(undoable(await storedThread(ticket.id))).not.toEqual(undoable(before));
    expect(await undoChange(ticket.id, op, who())).toEqual({ ok: true, value: true });
    const after = await storedThread(ticket.id);
    expect({ ...NEVER_CLOSED, ...undoable(after) }).toEqual({ ...NEVER_CLOSED, ...undoable(before) });
    expect(after.revision).toBe((before.revision ?? 0) + 2);
    expect(after.cardsDueAt).toEqual(after.history?.at(-1)?.at);
  });

  test("also if the thread is older than these fields", async () => {
    const { id } = await createLegacyThread({ status: undefined });
    const op = await change({ id }, claim(priya));
    expect(await undoChange(id, op, priya)).toMatchObject({ ok: true });
    expect(await storedThread(id)).toMatchObject({ assignedTo: null, claimedAt: null, revision: 2 });
  });

  test("a claim of a ticket that was declined beside a reply that came back", async () => {
    const ticket = await givenTicket(jonas, LOOK);
    await declineTicket({ threadId: ticket.id, reason: "Away" }, jonas);
    const before = await storedThread(ticket.id);
    const op = await change(ticket, claim(priya));
    await undoChange(ticket.id, op, priya);
    expect(await storedThread(ticket.id)).toMatchObject({
      openAttention: before.openAttention,
      attention: { kind: "came_back" },
      givenBackTo: maya.id,
    });
  });

  test("a name that looks like a database expression", async () => {
    const odd = await createMember("Odd Name", { name: "$from" });
    const ticket = await heldTicket({ ...odd, name: "$from" });
    const op = await change(ticket, unclaim(maya));
    await undoChange(ticket.id, op, maya);
    expect(await storedThread(ticket.id)).toMatchObject({ assignedToName: "$from" });
    expect((await linesOf(ticket.id)).at(-1)?.assignee?.name).toBe("$from");
  });
});

describe("an undo's line of history", () => {
  test("names the change, who holds the ticket now and who held it", async () => {
    const ticket = await held();
    await undoChange(ticket.id, await change(ticket, give(priya, jonas, priya)), priya);
    const line = (await linesOf(ticket.id)).at(-1);
    expect(line).toMatchObject({
      ...{ kind: "undone", undoes: "reassigned", way: "web", by: plain(priya) },
      ...{ assignee: plain(priya), formerAssignee: plain(jonas) },
    });
    expect(line).not.toHaveProperty("statusTo");
  });

  test("names nobody as the assignee of an undone claim", async () => {
    const ticket = await free();
    await undoChange(ticket.id, await change(ticket, claim(priya)), priya);
    expect((await linesOf(ticket.id)).at(-1)).toMatchObject({
      ...{ undoes: "claimed", assignee: null, formerAssignee: plain(priya) },
    });
  });

  test("names both statuses of an undone change of status", async () => {
    const ticket = await held();
    await undoChange(ticket.id, await change(ticket, set("waiting", priya)), priya);
    expect((await linesOf(ticket.id)).at(-1)).toMatchObject({
      ...{ undoes: "status_changed", statusFrom: "waiting", statusTo: "open", assignee: plain(priya) },
    });
  });
});

describe("an undo that is repeated", () => {
  test("undoes once, however often and by how many calls at once", async () => {
    const ticket = await held();
    const op = await change(ticket, unclaim(priya));
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => undoChange(ticket.id, op, priya)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ ok: true, value: true })]),
    );
    expect((await linesOf(ticket.id)).map(({ kind }) => kind)).toEqual(["unclaimed", "undone"]);
  });

  test("is a success that changes nothing, though the ticket has moved on", async () => {
    const ticket = await held();
    const op = await change(ticket, unclaim(priya));
    await undoChange(ticket.id, op, priya);
    await handOver(ticket.id, { from: priya, to: tomas });
    expect(await undoChange(ticket.id, op, priya)).toEqual({ ok: true, value: true });
    expect((await storedThread(ticket.id)).assignedTo).toBe(tomas.id);
  });
});

describe("an undo is refused", () => {
  test("to anybody but whoever made the change", async () => {
    const ticket = await held();
    const op = await change(ticket, unclaim(priya));
    for (const other of [jonas, maya]) expect(await undoChange(ticket.id, op, other)).toEqual(GONE);
    expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: null, revision: 2 });
  });

  test("for a change that was not meant to be undone, for an undo and for one that never was", async () => {
    const ticket = await heldTicket(null);
    await claimTicket(ticket.id, priya, "op-plain");
    const op = await change(ticket, unclaim(priya));
    await undoChange(ticket.id, op, priya);
    const undo = (await linesOf(ticket.id)).at(-1)?.op ?? "";
    for (const one of ["op-plain", undo, "op-never"])
      expect(await undoChange(ticket.id, one, priya)).toEqual(GONE);
  });

  test("for a ticket that does not exist", async () => {
    expect(await undoChange(ThreadId.parse("b".repeat(24)), "op", priya)).toEqual(
      refused({ reason: "not_found" }),
    );
  });

  test("if the former assignee has left the team or may only look by now", async () => {
    const gone = await createMember("Gone Person", { removedAt: new Date() });
    const looking = await createMember("Looking Person", { role: "viewer" });
    for (const [former, why] of [
      [gone, "removed"],
      [looking, "viewer"],
    ] as const) {
      const ticket = await heldTicket(former);
      const op = await change(ticket, unclaim(maya));
      expect(await undoChange(ticket.id, op, maya)).toEqual(
        refused({ reason: "unknown_member", memberId: former.id, why }),
      );
      expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: null, revision: 2 });
    }
  });
});
