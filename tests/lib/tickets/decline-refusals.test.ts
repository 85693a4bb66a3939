import { beforeAll, describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { declineTicket } from "@/lib/tickets/decline";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { answer, noticesIn, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { givenTicket, handOver } from "@/tests/support/factories/handovers";
import { heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { admin, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

let priya: TeamMember, jonas: TeamMember;
const maya = admin();
await mailCatcherForFile();

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
});

const decline = ({ id }: { id: ThreadId }, by: TeamMember, reason = "I am away", op?: string) =>
  declineTicket({ threadId: id, reason }, by, op);
const refused = (failure: object) => ({ ok: false, failure });

describe("a ticket is not declined", () => {
  test("by anybody but its assignee, an admin included", async () => {
    const ticket = await givenTicket(jonas);
    for (const other of [priya, maya])
      expect(await decline(ticket, other)).toEqual(refused({ reason: "not_assignee", act: "decline" }));
    expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: jonas.id, revision: 2 });
    expect(await noticesIn(ticket.id)).toEqual([]);
  });

  test("by an assignee whom nobody gave it", async () => {
    const ticket = await heldTicket(jonas);
    expect(await decline(ticket, jonas)).toEqual(refused({ reason: "not_handed_over" }));
  });

  test("by a receiver who has replied or set the status", async () => {
    const [replied, changed] = [await ticketByMail(), await givenTicket(jonas)];
    await handOver(replied.id, { from: null, to: jonas });
    await answer(replied.id, { by: jonas });
    await setTicketStatus(changed.id, "in_progress", jonas);
    for (const ticket of [replied, changed])
      expect(await decline(ticket, jonas)).toEqual(refused({ reason: "not_handed_over" }));
  });

  test("by a former receiver once it was taken back or unclaimed", async () => {
    const [back, free] = [await givenTicket(jonas), await givenTicket(jonas)];
    await handOver(back.id, { from: jonas, to: priya });
    await unclaimTicket(free.id, jonas);
    for (const ticket of [back, free])
      expect(await decline(ticket, jonas)).toEqual(refused({ reason: "not_assignee", act: "decline" }));
  });

  test("if it does not exist", async () => {
    expect(await decline({ id: ThreadId.parse("d".repeat(24)) }, jonas)).toEqual(
      refused({ reason: "not_found" }),
    );
  });
});

describe("a decline that is repeated", () => {
  test("with the same operation files one notice, though the ticket was given to the same member again", async () => {
    const ticket = await givenTicket(jonas);
    await decline(ticket, jonas, "Away", "op-2");
    await handOver(ticket.id, { from: null, to: jonas });
    expect(await decline(ticket, jonas, "Away", "op-2")).toMatchObject({ ok: true });
    expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: jonas.id, revision: 4 });
    expect(await noticesIn(ticket.id)).toHaveLength(1);
  });

  test("20 times at once with the same operation is one line and one notice", async () => {
    const ticket = await givenTicket(jonas);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => decline(ticket, jonas, "Away", "op-same")),
    );
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect((await linesOf(ticket.id)).map(({ kind }) => kind)).toEqual(["reassigned", "declined"]);
    expect(await noticesIn(ticket.id)).toHaveLength(1);
  });
});
