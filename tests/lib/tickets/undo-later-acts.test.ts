import { beforeAll, describe, expect, test } from "vitest";
import { ContentId, type ThreadId } from "@/lib/api/contracts";
import type { TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { undoChange } from "@/lib/tickets/undo";
import { answer, comesBack, customerWrites, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { handOver } from "@/tests/support/factories/handovers";
import { deliverAll } from "@/tests/support/factories/mails";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember;
await mailCatcherForFile();

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
});

const goneBy = (by: TeamMember | null) => {
  const person = by && { id: by.id, email: by.email, name: by.name };
  return { ok: false, failure: { reason: "nothing_to_undo", by: person } };
};
const OP = "op-bulk";
type Ticket = Awaited<ReturnType<typeof ticketByMail>>;

async function held(by = priya): Promise<Ticket> {
  const ticket = await ticketByMail();
  await claimTicket(ticket.id, by);
  return ticket;
}

/** Priya gives her ticket to Jonas, so that it may be undone. */
async function givenAway(): Promise<Ticket> {
  const ticket = await held();
  const request = { threadId: ticket.id, assignedTo: jonas.id, expectedAssignedTo: priya.id };
  await reassignTicket(request, priya, { op: OP });
  return ticket;
}

/** Priya sets the status so that it may be undone, with the newest page. */
async function setStatus(id: ThreadId, status: TicketStatus): Promise<void> {
  const lastSeenMessageId = (await storedThread(id)).lastMessageId ?? null;
  const outcome = await setTicketStatus(id, status, priya, { op: OP, canUndo: true, lastSeenMessageId });
  expect(outcome).toMatchObject({ ok: true });
}

const undo = ({ id }: Ticket) => undoChange(id, OP, priya);

/** `by` has acted since; null: nobody has. */
async function expectGone(ticket: Ticket, by: TeamMember | null): Promise<void> {
  const before = await storedThread(ticket.id);
  expect(await undo(ticket)).toEqual(goneBy(by));
  expect(await storedThread(ticket.id)).toEqual(before);
}

describe("a hand-over is no longer undone", () => {
  test.each<[string, (ticket: Ticket) => Promise<unknown>]>([
    ["replied", ({ id }) => answer(id, { by: jonas })],
    ["set the status", ({ id }) => setTicketStatus(id, "in_progress", jonas)],
    ["declined it", ({ id }) => declineTicket({ threadId: id, reason: "Away" }, jonas)],
    ["unclaimed it", ({ id }) => unclaimTicket(id, jonas)],
    ["gave it on", ({ id }) => handOver(id, { from: jonas, to: tomas, by: jonas })],
  ])("once its receiver has %s", async (_, act) => {
    const ticket = await givenAway();
    await act(ticket);
    await expectGone(ticket, jonas);
  });
});

test("a claim is no longer undone once its author has decided about a reply", async () => {
  const ticket = await held(jonas);
  const reply = await answer(ticket.id, { by: jonas, undoSeconds: 60 });
  await unclaimTicket(ticket.id, jonas);
  await claimTicket(ticket.id, priya, OP, { canUndo: true });
  expect(await settleDelivery(ContentId.parse(reply._id), "undo", priya)).toMatchObject({ ok: true });
  await expectGone(ticket, priya);
});

describe("mail that comes after the change", () => {
  test("stays, with all that it needs, if a claim, an unclaim or a hand-over is undone", async () => {
    const [claimed, unclaimed, given] = [await ticketByMail(), await held(), await givenAway()];
    await claimTicket(claimed.id, priya, OP, { canUndo: true });
    await unclaimTicket(unclaimed.id, priya, { op: OP, canUndo: true });
    for (const ticket of [claimed, unclaimed, given]) {
      const { message } = await customerWrites(ticket);
      expect(await undo(ticket)).toMatchObject({ ok: true });
      expect(await storedThread(ticket.id)).toMatchObject({
        lastMessageId: message._id,
        attention: { kind: "customer_mail", messageId: message._id },
        waitingSince: ticket.opening.at,
      });
    }
  });

  test("stays, and its customer waits, if a change between two open statuses is undone", async () => {
    const ticket = await held();
    await answer(ticket.id); // nothing is to be seen, and nobody waits
    await setStatus(ticket.id, "open");
    const { message } = await customerWrites(ticket);
    expect(await undo(ticket)).toMatchObject({ ok: true });
    expect(await storedThread(ticket.id)).toMatchObject({
      status: "in_progress",
      attention: { kind: "customer_mail", messageId: message._id },
      waitingSince: message.at,
    });
  });

  test("is not hidden in a resolved ticket: its opening is no longer undone", async () => {
    const ticket = await held();
    await setTicketStatus(ticket.id, "resolved", priya, { lastSeenMessageId: ticket.opening._id });
    await setStatus(ticket.id, "in_progress");
    await customerWrites(ticket);
    await expectGone(ticket, null);
    expect(await storedThread(ticket.id)).toMatchObject({
      status: "in_progress",
      attention: { kind: "customer_mail" },
    });
  });

  test("opens a resolved ticket, and the resolution is no longer undone", async () => {
    const ticket = await held();
    await setStatus(ticket.id, "resolved");
    await customerWrites(ticket);
    await expectGone(ticket, null);
  });

  test("that says that a reply came back is not hidden by an undo", async () => {
    const ticket = await held();
    const reply = await answer(ticket.id);
    await deliverAll();
    await setStatus(ticket.id, "resolved");
    await comesBack(reply);
    await expectGone(ticket, null);
    expect(await storedThread(ticket.id)).toMatchObject({ status: "open", attention: { kind: "came_back" } });
  });
});
