import mongoose from "mongoose";
import { beforeAll, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { removeMember } from "@/lib/team/remove-member";
import { releaseStep } from "@/lib/team/release-tickets";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { replyToTicket } from "@/lib/tickets/reply";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread } from "@/models/EmailThreadModel";
import { untilWriteWaits } from "@/tests/support/database/waiting-write";
import { race, reasonOf, ROUNDS } from "@/tests/support/checks/races";
import { givenTicket } from "@/tests/support/factories/handovers";
import { expectOneLineAChange, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMail, storedReplies } from "@/tests/support/factories/mails";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
});

type Ticket = { id: ThreadId };
type Outcome = Parameters<typeof reasonOf>[0];

const give = ({ id }: Ticket, from: TeamMember | null, to: TeamMember, by: TeamMember) =>
  reassignTicket({ threadId: id, assignedTo: to.id, expectedAssignedTo: from?.id ?? null }, by);
const assigneeOf = async ({ id }: Ticket) => (await storedThread(id)).assignedTo ?? null;
const kindsOf = async ({ id }: Ticket) => (await linesOf(id)).map(({ kind }) => kind);

/** The loser's sentence names whom the winner made the assignee. */
function expectNamed(outcome: Outcome, assignee: TeamMember | null): void {
  expect(outcome).toMatchObject({ ok: false, failure: { assignedTo: assignee?.id ?? null } });
}

describe("a hand-over at the same time as", () => {
  test("a claim: the ticket is the winner's, and the loser learns that", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(null);
      const [given, claimed] = await race(
        round,
        () => give(ticket, null, jonas, maya),
        () => claimTicket(ticket.id, tomas),
      );
      const assignee = await assigneeOf(ticket);
      expect([given.ok, claimed.ok].filter(Boolean)).toHaveLength(1);
      expect(assignee).toBe(given.ok ? jonas.id : tomas.id);
      if (given.ok) expectNamed(claimed, jonas);
      else expectNamed(given, tomas);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("an unclaim: the ticket is given, or free and the giver learns that", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(priya);
      const [given, unclaimed] = await race(
        round,
        () => give(ticket, priya, jonas, priya),
        () => unclaimTicket(ticket.id, maya, { expectedAssignedTo: priya.id }),
      );
      expect([given.ok, unclaimed.ok].filter(Boolean)).toHaveLength(1);
      expect(await assigneeOf(ticket)).toBe(given.ok ? jonas.id : null);
      if (given.ok) expectNamed(unclaimed, jonas);
      else expectNamed(given, null);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("the assignee's reply: a reply goes out only of the assignee at that moment", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(priya, { revision: 0 });
      const { _id: lastMessageId } = await createMail(ticket);
      const [given, replied] = await race(
        round,
        () => give(ticket, priya, jonas, priya),
        () => replyToTicket({ threadId: ticket.id, text: "Hi", lastSeenMessageId: lastMessageId }, priya),
      );
      expect(given.ok).toBe(true); // a reply keeps its author as the assignee
      expect(await assigneeOf(ticket)).toBe(jonas.id);
      expect(await kindsOf(ticket)).toEqual(replied.ok ? ["replied", "reassigned"] : ["reassigned"]);
      expect(await storedReplies(ticket)).toHaveLength(replied.ok ? 1 : 0);
      if (!replied.ok) expectNamed(replied, jonas);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("the assignee's resolution: both happen in one order, or the resolution is refused", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(priya);
      const [given, changed] = await race(
        round,
        () => give(ticket, priya, jonas, priya),
        () => setTicketStatus(ticket.id, "resolved", priya, { lastSeenMessageId: null }),
      );
      expect(given.ok).toBe(true);
      expect(await storedThread(ticket.id)).toMatchObject({
        assignedTo: jonas.id,
        status: changed.ok ? "resolved" : "open",
        handover: { by: { id: priya.id } },
      });
      if (!changed.ok) expectNamed(changed, jonas);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("four others of the same ticket: one counts, and the others learn whose it is", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(priya);
      const calls = [
        () => give(ticket, priya, jonas, priya),
        () => give(ticket, priya, tomas, priya),
        () => give(ticket, priya, jonas, maya),
        () => give(ticket, priya, tomas, maya),
        () => give(ticket, priya, maya, maya),
      ];
      const receivers = [jonas, tomas, jonas, tomas, maya];
      const turned = round % 2 === 0 ? calls : calls.toReversed();
      const answers = await Promise.all(turned.map((call) => call()));
      const outcomes = round % 2 === 0 ? answers : answers.toReversed();
      const winner = receivers[outcomes.findIndex(({ ok }) => ok)];
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await assigneeOf(ticket)).toBe(winner?.id);
      for (const outcome of outcomes) if (!outcome.ok) expectNamed(outcome, winner ?? null);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("the receiver's decline: the giver takes it back, or it is declined", async () => {
    for (const round of ROUNDS) {
      const ticket = await givenTicket(jonas);
      const [back, declined] = await race(
        round,
        () => give(ticket, jonas, maya, maya),
        () => declineTicket({ threadId: ticket.id, reason: "Away" }, jonas),
      );
      expect([back.ok, declined.ok].filter(Boolean)).toHaveLength(1);
      expect(await assigneeOf(ticket)).toBe(back.ok ? maya.id : null);
      if (!back.ok) expectNamed(back, null);
      else expect(reasonOf(declined)).toBe("not_assignee");
      await expectOneLineAChange(ticket.id);
    }
  });
});

describe("a removal at the same time as a hand-over", () => {
  test("to that member leaves them no active ticket, without waiting for the second look", async () => {
    for (const round of ROUNDS) {
      const gone = await createMember(`Gone ${"abcdefghijklmnopqrstuvwxyz"[round] ?? ""}`);
      const ticket = await heldTicket(priya);
      const [given, removed] = await race(
        round,
        () => give(ticket, priya, gone, priya),
        () => removeMember(gone.id, maya, "by_admin"),
      );
      expect(removed).toMatchObject({ ok: true });
      while ((await releaseStep()).worked);
      const lines = await kindsOf(ticket);
      const isRefused = !given.ok && given.failure.reason === "unknown_member";
      // Refused, the ticket is as before; otherwise it was released with all that the member held.
      expect(await assigneeOf(ticket)).toBe(isRefused ? priya.id : null);
      if (!given.ok && !isRefused) expect(given.failure).toMatchObject({ assignedTo: null });
      expect([[], ["reassigned", isRefused ? "undone" : "unclaimed"]]).toContainEqual(lines);
      if (lines.length > 0)
        expect((await linesOf(ticket.id)).at(-1)).toMatchObject({ reason: "removed", way: "system" });
      await expectOneLineAChange(ticket.id);
    }
  });

  test("to that member, whose tickets are released before it is written, leaves the ticket with its giver", async () => {
    const gone = await createMember("Gone Meanwhile");
    const ticket = await heldTicket(priya);
    const session = await mongoose.startSession();
    session.startTransaction();
    await EmailThread.updateOne({ _id: ticket._id }, { $set: { excerpt: "locked" } }, { session });
    const giving = give(ticket, priya, gone, priya);
    await untilWriteWaits(EmailThread);
    await removeMember(gone.id, maya, "by_admin");
    while ((await releaseStep()).worked);
    await session.abortTransaction();
    await session.endSession();

    expect(await giving).toMatchObject({ failure: { reason: "unknown_member", why: "removed" } });
    expect(await assigneeOf(ticket)).toBe(priya.id);
    expect((await storedThread(ticket.id)).claimedAt).toEqual(ticket.claimedAt);
    expect(await linesOf(ticket.id)).toMatchObject([
      { kind: "reassigned", assignee: { id: gone.id } },
      { kind: "undone", by: null, reason: "removed", way: "system", assignee: { id: priya.id } },
    ]);
    expect(await storedThread(ticket.id)).not.toHaveProperty("handover");
  });

  test("by that member leaves the ticket with its receiver, or free", async () => {
    for (const round of ROUNDS) {
      const giver = await createMember(`Giver ${"abcdefghijklmnopqrstuvwxyz"[round] ?? ""}`);
      const ticket = await heldTicket(giver);
      const [given] = await race(
        round,
        () => give(ticket, giver, jonas, giver),
        async () => {
          await removeMember(giver.id, maya, "by_admin");
          while ((await releaseStep()).worked);
        },
      );
      expect(await assigneeOf(ticket)).toBe(given.ok ? jonas.id : null);
      if (!given.ok) expectNamed(given, null);
      await expectOneLineAChange(ticket.id);
    }
  });
});
