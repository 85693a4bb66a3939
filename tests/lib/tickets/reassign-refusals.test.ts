import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { changeSettings } from "@/lib/team/settings";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Setting } from "@/models/SettingModel";
import { heldTicket } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;
let viewer: TeamMember, removed: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
  viewer = await createMember("Vera Viewer", { role: "viewer" });
  removed = await createMember("Rolf Removed", { removedAt: new Date() });
});
beforeEach(() => Setting.deleteMany({}));

type Ticket = Awaited<ReturnType<typeof heldTicket>>;
type Giving = { from: TeamMember | null; to: Pick<TeamMember, "id"> };

const give = ({ id }: Ticket, { from, to }: Giving, by: TeamMember) =>
  reassignTicket({ threadId: id, assignedTo: to.id, expectedAssignedTo: from?.id ?? null }, by);

const refused = (failure: object) => ({ ok: false, failure });
const notAllowed = (act: "reassign" | "assign") => refused({ reason: "not_assignee", act });
const heldBy = (who: TeamMember) => ({
  ok: false,
  failure: { reason: "changed_meanwhile", assignedTo: who.id, assignedToName: who.name },
});

async function expectUntouched({ id, assignedTo = null }: Ticket): Promise<void> {
  expect(await storedThread(id)).toMatchObject({ assignedTo, revision: 1, history: [] });
}

/** A ticket of Priya's that she gave to Jonas. */
async function givenToJonas(): Promise<Ticket> {
  const ticket = await heldTicket(priya);
  await give(ticket, { from: priya, to: jonas }, priya);
  return ticket;
}

describe("a held ticket", () => {
  test("is given away by its assignee and by an admin", async () => {
    for (const giver of [priya, maya]) {
      const ticket = await heldTicket(priya);
      expect(await give(ticket, { from: priya, to: jonas }, giver)).toMatchObject({ ok: true });
    }
  });

  test("is given away by no other member, not to themselves either", async () => {
    const ticket = await heldTicket(priya);
    for (const to of [jonas, tomas])
      expect(await give(ticket, { from: priya, to }, tomas)).toEqual(notAllowed("reassign"));
    await expectUntouched(ticket);
  });

  test("is taken back or given on by whoever gave it, while the receiver has not acted", async () => {
    for (const to of [priya, tomas]) {
      const ticket = await givenToJonas();
      expect(await give(ticket, { from: jonas, to }, priya)).toMatchObject({ ok: true });
      expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: to.id, revision: 3 });
    }
  });

  test("is not taken back once the receiver has set its status", async () => {
    const ticket = await givenToJonas();
    await setTicketStatus(ticket.id, "in_progress", jonas);
    expect(await give(ticket, { from: jonas, to: priya }, priya)).toEqual(notAllowed("reassign"));
    expect((await storedThread(ticket.id)).assignedTo).toBe(jonas.id);
  });

  test("is not taken back by somebody who gave it away earlier on", async () => {
    const ticket = await givenToJonas();
    await give(ticket, { from: jonas, to: tomas }, jonas);
    expect(await give(ticket, { from: tomas, to: priya }, priya)).toEqual(notAllowed("reassign"));
  });

  test("that the receiver gave on, unclaimed or declined is not taken back, and its giver learns who holds it", async () => {
    const given = await givenToJonas();
    await give(given, { from: jonas, to: tomas }, jonas);
    expect(await give(given, { from: jonas, to: priya }, priya)).toMatchObject(heldBy(tomas));

    const [unclaimed, declined] = [await givenToJonas(), await givenToJonas()];
    await unclaimTicket(unclaimed.id, jonas);
    await declineTicket({ threadId: declined.id, reason: "Away" }, jonas);
    for (const ticket of [unclaimed, declined]) {
      expect(await give(ticket, { from: jonas, to: priya }, priya)).toEqual(
        refused({
          ...{ reason: "changed_meanwhile", assignedTo: null, assignedToEmail: null, assignedToName: null },
          claimedAt: null,
        }),
      );
    }
  });
});

describe("an unassigned ticket", () => {
  test("is given to somebody else by an admin alone", async () => {
    const ticket = await heldTicket(null);
    expect(await give(ticket, { from: null, to: jonas }, priya)).toEqual(notAllowed("assign"));
    await expectUntouched(ticket);
    expect(await give(ticket, { from: null, to: jonas }, maya)).toMatchObject({ ok: true });
  });

  test("is given to somebody else by any member if the team's rule says so", async () => {
    await changeSettings({ handover: { membersAssignUnassigned: true }, revision: 0 }, maya);
    const ticket = await heldTicket(null);
    expect(await give(ticket, { from: null, to: jonas }, priya)).toMatchObject({ ok: true });
    const held = await heldTicket(jonas);
    expect(await give(held, { from: jonas, to: tomas }, priya)).toEqual(notAllowed("reassign"));
  });
});

describe("a ticket that changed since the giver saw it", () => {
  test("stays with its assignee, whom the giver learns", async () => {
    const ticket = await heldTicket(tomas);
    for (const [from, giver] of [
      [priya, priya],
      [priya, maya],
      [null, maya],
    ] as const) {
      expect(await give(ticket, { from, to: jonas }, giver)).toMatchObject(heldBy(tomas));
    }
    expect(await give(ticket, { from: null, to: priya }, priya)).toMatchObject(heldBy(tomas));
    await expectUntouched(ticket);
  });

  test("stays unassigned if the giver saw an assignee", async () => {
    const ticket = await heldTicket(null);
    for (const giver of [priya, maya])
      expect(await give(ticket, { from: priya, to: jonas }, giver)).toMatchObject({
        failure: { reason: "changed_meanwhile", assignedTo: null },
      });
    await expectUntouched(ticket);
  });
});

describe("a receiver", () => {
  test.each([
    ["unknown", () => ({ id: "user_nobody" })],
    ["removed", () => removed],
    ["viewer", () => viewer],
  ] as const)("who is %s gets no ticket, whoever gives it", async (why, who) => {
    const [held, free] = [await heldTicket(priya), await heldTicket(null)];
    const to = who();
    const failure = { reason: "unknown_member", memberId: to.id, why };
    expect(await give(held, { from: priya, to }, priya)).toEqual(refused(failure));
    expect(await give(free, { from: null, to }, maya)).toEqual(refused(failure));
    await expectUntouched(held);
    await expectUntouched(free);
  });
});

test("a hand-over of a ticket that does not exist fails with not_found", async () => {
  const request = {
    threadId: ThreadId.parse("c".repeat(24)),
    assignedTo: jonas.id,
    expectedAssignedTo: null,
  };
  expect(await reassignTicket(request, maya)).toEqual(refused({ reason: "not_found" }));
});
