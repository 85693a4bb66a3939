import { beforeAll, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { readTicket } from "@/lib/tickets/read";
import { replyToTicket } from "@/lib/tickets/reply";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import {
  answer,
  comesBack,
  customerWrites,
  noticesIn,
  ticketByMail,
} from "@/tests/support/factories/answered-tickets";
import { givenTicket, handOver } from "@/tests/support/factories/handovers";
import { CLAIMED_AT, linesOf } from "@/tests/support/factories/held-tickets";
import { deliverAll } from "@/tests/support/factories/mails";
import { createMember } from "@/tests/support/factories/members";
import { admin, createLegacyThread, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember;
const maya = admin();
await mailCatcherForFile();

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
});

const decline = ({ id }: { id: ThreadId }, by: TeamMember, reason = "I am away", op?: string) =>
  declineTicket({ threadId: id, reason }, by, op);
const plain = ({ id, email, name }: TeamMember) => ({ id, email, name });

describe("a declined ticket", () => {
  test("is unassigned, needs a look, and says in its history and conversation who declined it and why", async () => {
    const ticket = await givenTicket(jonas, { note: "Yours?" });
    const outcome = await decline(ticket, jonas, "I am away", "op-1");
    const stored = await storedThread(ticket.id);
    const [row] = await noticesIn(ticket.id);
    expect(row).toMatchObject({
      direction: "notice",
      automatic: true,
      declined: { by: plain(jonas), givenBy: plain(maya), reason: "I am away" },
    });
    expect(stored).toMatchObject({
      ...{ assignedTo: null, assignedToEmail: null, assignedToName: null, claimedAt: null },
      status: "open",
      givenBackTo: maya.id,
      attention: { kind: "declined", messageId: row?._id, at: row?.at, replyId: null, cause: null },
      openAttention: [{ kind: "declined" }],
      needsLookAt: row?.at,
      lastMessageId: row?._id,
      lastMessageAt: row?.at,
      messageCount: 2,
      revision: 3,
    });
    expect(stored).not.toHaveProperty("handover");
    expect(stored.history?.at(-1)).toMatchObject({
      op: "op-1",
      kind: "declined",
      revision: 3,
      way: "web",
      by: plain(jonas),
      assignee: plain(jonas),
      note: "I am away",
      messageId: row?._id,
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        ...{ assignedTo: null, handover: null, givenBackTo: maya.id, lastMessageId: row?._id },
        attention: { kind: "declined" },
      },
    });
  });

  test("stands in its conversation as a notice of its own", async () => {
    const ticket = await givenTicket(jonas);
    await decline(ticket, jonas, "Not my field");
    const detail = await readTicket(ticket.id);
    expect(detail.ok && detail.value.messages.at(-1)).toMatchObject({
      direction: "notice",
      notice: null,
      declined: { by: plain(jonas), givenBy: plain(maya), reason: "Not my field" },
    });
  });

  test("stands in its giver's Mine, in Unassigned and in All, until somebody holds it", async () => {
    const ticket = await givenTicket(jonas);
    await decline(ticket, jonas);
    const has = async (list: Promise<{ tickets: { _id: string }[] }>) =>
      (await list).tickets.some(({ _id }) => _id === ticket.id);
    const seenIn = () =>
      Promise.all([
        has(listMine({ limit: 100 }, maya)),
        has(listMine({ limit: 100 }, jonas)),
        has(listUnassigned({ limit: 100 })),
        has(listTickets({ limit: 100 }, priya)),
      ]);
    expect(await seenIn()).toEqual([true, false, true, true]);
    await claimTicket(ticket.id, tomas);
    expect(await seenIn()).toEqual([false, false, false, true]);
    await unclaimTicket(ticket.id, tomas);
    expect(await seenIn()).toEqual([false, false, true, true]);
  });

  test("keeps a reason and a name that look like database expressions as they are", async () => {
    const name = "$claimedAt";
    const odd = { ...(await createMember("Odd Name", { name })), name };
    const ticket = await givenTicket(odd);
    await decline(ticket, odd, "$assignedTo");
    expect((await linesOf(ticket.id)).at(-1)).toMatchObject({
      note: "$assignedTo",
      assignee: { name },
    });
    expect((await noticesIn(ticket.id))[0]?.declined).toMatchObject({
      by: { name },
      reason: "$assignedTo",
    });
  });

  test.each(["waiting", "resolved"] as const)("that was %s is open again", async (status) => {
    const ticket = await givenTicket(jonas, { status, resolvedAt: CLAIMED_AT });
    await decline(ticket, jonas);
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject({ status: "open", resolvedAt: null });
    expect(stored.history?.at(-1)).toMatchObject({ statusFrom: status, statusTo: "open" });
  });

  test("that stood in progress stays so, and its customer waits as before", async () => {
    const ticket = await givenTicket(jonas, { status: "in_progress", waitingSince: CLAIMED_AT });
    await decline(ticket, jonas);
    expect(await storedThread(ticket.id)).toMatchObject({
      status: "in_progress",
      waitingSince: CLAIMED_AT,
    });
  });

  test("from before these fields existed gets them", async () => {
    const { id } = await createLegacyThread();
    await handOver(id, { from: null, to: jonas });
    await decline({ id }, jonas);
    expect(await storedThread(id)).toMatchObject({
      ...{ status: "open", revision: 2, messageCount: 1 },
      openAttention: [{ kind: "declined" }],
    });
  });
});

describe("that a ticket was declined", () => {
  test("is graver than a mail of the customer that comes before or after it", async () => {
    const ticket = await ticketByMail();
    await handOver(ticket.id, { from: null, to: jonas });
    await decline(ticket, jonas);
    await customerWrites(ticket);
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject({
      attention: { kind: "declined" },
      openAttention: [{ kind: "declined" }, { kind: "customer_mail" }],
    });
    expect(stored.needsLookAt).toEqual(stored.attention?.at);
  });

  test("ends with a claim, and the customer's mail is shown again", async () => {
    const ticket = await ticketByMail();
    await handOver(ticket.id, { from: null, to: jonas });
    await decline(ticket, jonas);
    await claimTicket(ticket.id, tomas);
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject({
      attention: { kind: "customer_mail" },
      openAttention: [{ kind: "customer_mail" }],
      waitingSince: ticket.opening.at,
    });
    for (const field of ["needsLookAt", "givenBackTo"]) expect(stored).not.toHaveProperty(field);
  });

  test("ends with a claim and leaves nothing to see if there was nothing else", async () => {
    const ticket = await givenTicket(jonas);
    await decline(ticket, jonas);
    await claimTicket(ticket.id, tomas);
    const stored = await storedThread(ticket.id);
    expect(stored).toMatchObject({ attention: null, openAttention: [] });
    expect(stored).not.toHaveProperty("needsLookAt");
  });

  test("takes no place from a reply that came back, and ends with a claim while that stays", async () => {
    const ticket = await ticketByMail();
    const reply = await answer(ticket.id, { by: priya });
    await deliverAll();
    await comesBack(reply);
    await handOver(ticket.id, { from: priya, to: jonas, by: priya });
    await decline(ticket, jonas);
    const declined = await storedThread(ticket.id);
    expect(declined).toMatchObject({
      attention: { kind: "came_back" },
      openAttention: [{ kind: "came_back" }, { kind: "declined" }],
      givenBackTo: priya.id,
    });
    await claimTicket(ticket.id, tomas);
    const claimed = await storedThread(ticket.id);
    expect(claimed).toMatchObject({
      attention: { kind: "came_back" },
      openAttention: [{ kind: "came_back" }],
      needsLookAt: declined.needsLookAt,
    });
    expect(claimed).not.toHaveProperty("givenBackTo");
  });

  test("holds back a reply or a resolution of somebody who has not seen it", async () => {
    const ticket = await ticketByMail();
    const seen = { lastSeenMessageId: ticket.opening._id };
    await handOver(ticket.id, { from: null, to: jonas });
    await decline(ticket, jonas);
    const newer = { failure: { reason: "newer_messages", messages: [{ direction: "notice" }] } };
    expect(await setTicketStatus(ticket.id, "resolved", priya, seen)).toMatchObject(newer);
    const request = { threadId: ticket.id, text: "Hi", ...seen };
    expect(await replyToTicket(request, priya)).toMatchObject(newer);
  });

  test("is told once if a ticket is declined twice, with the newer reason", async () => {
    const ticket = await givenTicket(jonas);
    await decline(ticket, jonas, "First");
    await handOver(ticket.id, { from: null, to: tomas });
    await decline(ticket, tomas, "Second");
    const stored = await storedThread(ticket.id);
    const notices = await noticesIn(ticket.id);
    expect(notices.map(({ declined }) => declined?.reason)).toEqual(["First", "Second"]);
    expect(stored.openAttention).toMatchObject([{ kind: "declined", messageId: notices[1]?._id }]);
  });
});
