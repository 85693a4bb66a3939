import { beforeAll, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { replyToTicket } from "@/lib/tickets/reply";
import { newOperation } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { undoChange } from "@/lib/tickets/undo";
import { race, reasonOf, ROUNDS } from "@/tests/support/checks/races";
import { customerWrites, noticesIn, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { givenTicket, handOver } from "@/tests/support/factories/handovers";
import { expectOneLineAChange, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { storedReplies } from "@/tests/support/factories/mails";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  await createMember("Maya Lindqvist", { role: "admin" });
});

type Ticket = { id: ThreadId };
const decline = ({ id }: Ticket) => declineTicket({ threadId: id, reason: "Away" }, jonas);
const kindsOf = async ({ id }: Ticket) => (await linesOf(id)).map(({ kind }) => kind);

/** A ticket by mail that Jonas was given, and its newest message. */
async function givenByMail() {
  const ticket = await ticketByMail();
  await handOver(ticket.id, { from: null, to: jonas });
  return ticket;
}

describe("a decline at the same time as", () => {
  test("an unclaim by the same person: one of them counts", async () => {
    for (const round of ROUNDS) {
      const ticket = await givenTicket(jonas);
      const [declined, unclaimed] = await race(
        round,
        () => decline(ticket),
        () => unclaimTicket(ticket.id, jonas),
      );
      // An unclaim of a ticket that nobody holds is a success.
      expect(unclaimed.ok).toBe(true);
      if (!declined.ok) expect(declined.failure).toEqual({ reason: "not_assignee", act: "decline" });
      expect(await kindsOf(ticket)).toEqual(["reassigned", declined.ok ? "declined" : "unclaimed"]);
      expect(await noticesIn(ticket.id)).toHaveLength(declined.ok ? 1 : 0);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("the same person's reply from another window: it is declined, or answered and kept", async () => {
    for (const round of ROUNDS) {
      const ticket = await givenByMail();
      const request = { threadId: ticket.id, text: "Hi", lastSeenMessageId: ticket.opening._id };
      const [declined, replied] = await race(
        round,
        () => decline(ticket),
        () => replyToTicket(request, jonas),
      );
      expect([declined.ok, replied.ok].filter(Boolean)).toHaveLength(1);
      const stored = await storedThread(ticket.id);
      expect(stored.assignedTo).toBe(declined.ok ? null : jonas.id);
      expect(reasonOf(declined.ok ? replied : declined)).toBe(
        declined.ok ? "newer_messages" : "not_handed_over",
      );
      expect(await storedReplies(stored)).toHaveLength(replied.ok ? 1 : 0);
      await expectOneLineAChange(ticket.id, 0);
    }
  });

  test("a mail of the customer: both are in the ticket, and nothing of them is hidden", async () => {
    for (const round of ROUNDS) {
      const ticket = await givenByMail();
      const [declined, { message }] = await race(
        round,
        () => decline(ticket),
        () => customerWrites(ticket),
      );
      expect(declined.ok).toBe(true);
      const stored = await storedThread(ticket.id);
      expect(stored).toMatchObject({
        assignedTo: null,
        attention: { kind: "declined" },
        waitingSince: ticket.opening.at,
        messageCount: 3,
      });
      expect(stored.openAttention?.map(({ kind }) => kind).toSorted()).toEqual(["customer_mail", "declined"]);
      expect(stored.openAttention?.map(({ messageId }) => messageId)).toContain(message._id);
      await expectOneLineAChange(ticket.id, 0);
    }
  });

  test("ten of the same ticket from ten windows: one of them counts", async () => {
    for (const _round of ROUNDS.slice(0, 5)) {
      const ticket = await givenTicket(jonas);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => decline(ticket)));
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await noticesIn(ticket.id)).toHaveLength(1);
      await expectOneLineAChange(ticket.id);
    }
  });
});

describe("an undo at the same time as", () => {
  test("the receiver's reply: it is taken back, or answered and kept", async () => {
    for (const round of ROUNDS) {
      const ticket = await ticketByMail();
      await claimTicket(ticket.id, priya);
      const op = newOperation();
      const giving = { threadId: ticket.id, assignedTo: jonas.id, expectedAssignedTo: priya.id };
      await reassignTicket(giving, priya, { op });
      const request = { threadId: ticket.id, text: "Hi", lastSeenMessageId: ticket.opening._id };
      const [undone, replied] = await race(
        round,
        () => undoChange(ticket.id, op, priya),
        () => replyToTicket(request, jonas),
      );
      expect([undone.ok, replied.ok].filter(Boolean)).toHaveLength(1);
      const stored = await storedThread(ticket.id);
      expect(stored.assignedTo).toBe(undone.ok ? priya.id : jonas.id);
      if (undone.ok) expect(replied).toMatchObject({ failure: { assignedTo: priya.id } });
      else expect(reasonOf(undone)).toBe("nothing_to_undo");
      expect(await storedReplies(stored)).toHaveLength(replied.ok ? 1 : 0);
      await expectOneLineAChange(ticket.id, 0);
    }
  });

  test("a claim of the ticket that was unclaimed: the former assignee has it again, or the claimer keeps it", async () => {
    for (const round of ROUNDS) {
      const ticket = await heldTicket(priya);
      const op = newOperation();
      await unclaimTicket(ticket.id, priya, { op, canUndo: true });
      const [undone, claimed] = await race(
        round,
        () => undoChange(ticket.id, op, priya),
        () => claimTicket(ticket.id, tomas),
      );
      expect([undone.ok, claimed.ok].filter(Boolean)).toHaveLength(1);
      expect((await storedThread(ticket.id)).assignedTo).toBe(undone.ok ? priya.id : tomas.id);
      if (undone.ok) expect(claimed).toMatchObject({ failure: { assignedTo: priya.id } });
      await expectOneLineAChange(ticket.id);
    }
  });

  test("a mail of the customer: both are done, and the mail is not hidden", async () => {
    for (const round of ROUNDS) {
      const ticket = await ticketByMail();
      const op = newOperation();
      await claimTicket(ticket.id, priya, op, { canUndo: true });
      const [undone, { message }] = await race(
        round,
        () => undoChange(ticket.id, op, priya),
        () => customerWrites(ticket),
      );
      expect(undone.ok).toBe(true);
      expect(await storedThread(ticket.id)).toMatchObject({
        assignedTo: null,
        attention: { kind: "customer_mail", messageId: message._id },
      });
      await expectOneLineAChange(ticket.id, 0);
    }
  });
});
