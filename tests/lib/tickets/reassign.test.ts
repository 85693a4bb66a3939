import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ReassignRequest } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { markSeen } from "@/lib/tickets/mark-seen";
import { reassignTicket } from "@/lib/tickets/reassign";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { Setting } from "@/models/SettingModel";
import { customerMail, needingLook } from "@/tests/support/factories/attention";
import { CLAIMED_AT, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { createLegacyThread, storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
});
beforeEach(() => Setting.deleteMany({}));

type Ticket = { id: ReassignRequest["threadId"] };
type Giving = { from: TeamMember | null; to: TeamMember; note?: string };

const give = ({ id }: Ticket, { from, to, note }: Giving, by: TeamMember, op?: string) =>
  reassignTicket({ threadId: id, assignedTo: to.id, expectedAssignedTo: from?.id ?? null, note }, by, { op });

const plain = ({ id, email, name }: TeamMember) => ({ id, email, name });

describe("a hand-over", () => {
  test("stores the new assignee, who gave it and why, and one line of history", async () => {
    const ticket = await heldTicket(priya);
    const start = new Date(Date.now() - 1_000);
    const outcome = await give(ticket, { from: priya, to: jonas, note: "Knows the customer" }, priya, "op-1");
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject({
      assignedTo: jonas.id,
      assignedToEmail: jonas.email,
      assignedToName: jonas.name,
      status: "open",
      revision: 2,
      handover: { op: "op-1", by: plain(priya), note: "Knows the customer" },
      history: [
        {
          op: "op-1",
          kind: "reassigned",
          revision: 2,
          way: "web",
          by: plain(priya),
          assignee: plain(jonas),
          formerAssignee: plain(priya),
          note: "Knows the customer",
        },
      ],
    });
    const now = stored.claimedAt;
    expect(now?.getTime()).toBeGreaterThan(start.getTime());
    expect([stored.handover?.at, stored.tellDueAt, stored.cardsDueAt, stored.eventsDueAt]).toEqual([
      now,
      now,
      now,
      now,
    ]);
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        assignedTo: jonas.id,
        claimedAt: now?.toISOString(),
        handover: { by: plain(priya), at: now?.toISOString(), note: "Knows the customer" },
      },
    });
  });

  test("without words has none, and keeps none of an earlier one", async () => {
    const ticket = await heldTicket(priya);
    await give(ticket, { from: priya, to: jonas, note: "First" }, priya);
    await give(ticket, { from: jonas, to: tomas, note: "" }, jonas);
    expect((await storedThread(ticket.id)).handover).toMatchObject({ by: plain(jonas), note: null });
    expect((await linesOf(ticket.id)).at(-1)).not.toHaveProperty("note");
  });

  test("keeps words and a name that look like database expressions as they are", async () => {
    const odd = await createMember("Odd Name", { name: "$assignedTo" });
    const ticket = await heldTicket(priya);
    await give(ticket, { from: priya, to: odd, note: "$assignedTo" }, { ...priya, name: "$$ROOT" });
    expect(await storedThread(ticket.id)).toMatchObject({
      assignedToName: "$assignedTo",
      handover: { note: "$assignedTo", by: { name: "$$ROOT" } },
      history: [{ note: "$assignedTo", assignee: { name: "$assignedTo" }, by: { name: "$$ROOT" } }],
    });
  });

  test.each(["waiting", "resolved"] as const)("of a %s ticket keeps its status", async (status) => {
    const resolvedAt = status === "resolved" ? CLAIMED_AT : null;
    const ticket = await heldTicket(priya, { status, resolvedAt });
    await give(ticket, { from: priya, to: jonas }, priya);
    expect(await storedThread(ticket.id)).toMatchObject({ status, resolvedAt, assignedTo: jonas.id });
  });

  test("keeps all that needs a look, and what the customer waits for", async () => {
    const look = { ...needingLook(CLAIMED_AT), waitingSince: CLAIMED_AT };
    const ticket = await heldTicket(priya, look);
    await give(ticket, { from: priya, to: jonas }, priya);
    expect(await storedThread(ticket.id)).toMatchObject(look);
  });

  test("ends that somebody had declined it, and keeps the customer's mail", async () => {
    const mail = customerMail(CLAIMED_AT);
    const declined = { ...needingLook(CLAIMED_AT, { kind: "declined", replyId: null }) };
    const openAttention = [...(mail.openAttention ?? []), ...(declined.openAttention ?? [])];
    const ticket = await heldTicket(null, { ...declined, openAttention, givenBackTo: priya.id });
    await give(ticket, { from: null, to: jonas }, maya);
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject(mail);
    expect(stored).not.toHaveProperty("needsLookAt");
    expect(stored).not.toHaveProperty("givenBackTo");
  });

  test("works on a thread from before these fields existed, and adds no attention to it", async () => {
    const { id } = await createLegacyThread();
    expect(await give({ id }, { from: null, to: jonas }, maya)).toMatchObject({ ok: true });
    const stored = await storedThread(id);
    expect(stored).toMatchObject({
      assignedTo: jonas.id,
      revision: 1,
      handover: { by: plain(maya) },
      history: [{ kind: "reassigned", formerAssignee: null }],
    });
    for (const field of ["attention", "openAttention", "needsLookAt", "givenBackTo"])
      expect(stored).not.toHaveProperty(field);
  });

  test("of a ticket whose assignee an import stored as an empty text is one of nobody's ticket", async () => {
    const { id } = await createLegacyThread({ assignedTo: "" });
    expect(await give({ id }, { from: null, to: jonas }, maya)).toMatchObject({ ok: true });
    expect(await linesOf(id)).toMatchObject([{ kind: "reassigned", formerAssignee: null }]);
  });

  test.each([
    ["sets the status", (id: Ticket["id"]) => setTicketStatus(id, "in_progress", jonas)],
    [
      "resolves it",
      (id: Ticket["id"]) => setTicketStatus(id, "resolved", jonas, { lastSeenMessageId: null }),
    ],
    [
      "marks it as seen",
      (threadId: Ticket["id"]) => markSeen({ threadId, lastSeenMessageId: "a".repeat(64) }, jonas),
    ],
  ])("ends once the receiver %s", async (act, work) => {
    const isSeen = act === "marks it as seen";
    const look = isSeen ? { ...needingLook(CLAIMED_AT), lastMessageId: "a".repeat(64) } : {};
    const ticket = await heldTicket(priya, look);
    await give(ticket, { from: priya, to: jonas }, priya);
    expect(await work(ticket.id)).toMatchObject({ ok: true });
    expect(await storedThread(ticket.id)).not.toHaveProperty("handover");
  });

  test("stays while the receiver only claims it once more", async () => {
    const ticket = await heldTicket(priya);
    await give(ticket, { from: priya, to: jonas }, priya);
    await claimTicket(ticket.id, jonas);
    expect(await storedThread(ticket.id)).toMatchObject({ handover: { by: plain(priya) }, revision: 2 });
  });
});

describe("a ticket that one gives to oneself", () => {
  test("is a claim if nobody held it, which counts as a look and is no hand-over", async () => {
    const ticket = await heldTicket(null, { lastMessageId: "b".repeat(64) });
    await give(ticket, { from: null, to: priya }, priya);
    const stored = await storedThread(ticket.id);
    expect(stored.history).toMatchObject([
      { kind: "claimed", by: plain(priya), assignee: plain(priya), sawMessageId: "b".repeat(64) },
    ]);
    expect(stored.assignedTo).toBe(priya.id);
    for (const field of ["handover", "tellDueAt"]) expect(stored).not.toHaveProperty(field);
  });

  test("is a line with the former assignee if an admin takes it", async () => {
    const ticket = await heldTicket(priya);
    await give(ticket, { from: priya, to: maya }, maya);
    const stored = await storedThread(ticket.id);
    expect(stored.history).toMatchObject([
      { kind: "reassigned", by: plain(maya), assignee: plain(maya), formerAssignee: plain(priya) },
    ]);
    expect(stored).not.toHaveProperty("handover");
    expect(stored.claimedAt).not.toEqual(CLAIMED_AT);
  });
});

describe("a hand-over that is repeated", () => {
  test("to whom holds it already changes nothing", async () => {
    const ticket = await heldTicket(priya);
    expect(await give(ticket, { from: priya, to: priya, note: "Mine" }, priya)).toMatchObject({
      ok: true,
      value: { assignedTo: priya.id, handover: null, revision: 1 },
    });
    expect(await storedThread(ticket.id)).toMatchObject({ revision: 1, claimedAt: CLAIMED_AT, history: [] });
  });

  test("with the same operation changes nothing, though the ticket has moved on", async () => {
    const ticket = await heldTicket(priya);
    await give(ticket, { from: priya, to: jonas }, priya, "op-2");
    await give(ticket, { from: jonas, to: tomas }, jonas);
    expect(await give(ticket, { from: priya, to: jonas }, priya, "op-2")).toMatchObject({ ok: true });
    expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: tomas.id, revision: 3 });
  });

  test("20 times at once with the same operation is one line", async () => {
    const ticket = await heldTicket(priya);
    const giving = { from: priya, to: jonas };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => give(ticket, giving, priya, "op-same")),
    );
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await linesOf(ticket.id)).toHaveLength(1);
  });
});
