import { describe, expect, test } from "vitest";
import { fail, ok } from "@/lib/result";
import { claimTicket } from "@/lib/tickets/claim";
import { decide } from "@/lib/tickets/decide";
import { countTickets, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { createLegacyThread, member, storedThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");

describe("decide", () => {
  test("writes once and reads nothing if the rule matches", async () => {
    const calls: string[] = [];
    const outcome = await decide(
      async () => (calls.push("write"), "written"),
      async () => (calls.push("explain"), null),
    );
    expect(outcome).toEqual(ok("written"));
    expect(calls).toEqual(["write"]);
  });

  test("writes again if the rule matches by now", async () => {
    const answers = [null, "written"];
    expect(
      await decide(
        async () => answers.shift() ?? null,
        async () => null,
      ),
    ).toEqual(ok("written"));
  });

  test("fails with changed_meanwhile after three rounds", async () => {
    let rounds = 0;
    const outcome = await decide(
      async () => {
        rounds += 1;
        return null;
      },
      async () => null,
    );
    expect(outcome).toEqual(fail({ reason: "changed_meanwhile" }));
    expect(rounds).toBe(3);
  });
});

describe('a thread whose stored assignee is ""', () => {
  test("counts as unassigned everywhere", async () => {
    const thread = await createLegacyThread({ assignedTo: "" });
    const id = thread._id.toHexString();
    expect((await listUnassigned({ limit: 100 })).tickets).toMatchObject([{ _id: id, assignedTo: null }]);
    expect((await listTickets({ limit: 100, assignee: "none" }, priya)).tickets).toMatchObject([{ _id: id }]);
    expect(await countTickets(priya)).toMatchObject({ unassigned: 1, mine: 0 });
  });

  test("can be claimed once", async () => {
    const thread = await createLegacyThread({ assignedTo: "" });
    expect(await claimTicket(thread.id, priya)).toMatchObject({ ok: true });
    expect(await claimTicket(thread.id, member("Tomás Rivera"))).toMatchObject({
      ok: false,
      failure: { reason: "already_claimed", assignedTo: priya.id },
    });
    const { claimedAt, history } = await storedThread(thread.id);
    expect(history).toMatchObject([{ kind: "claimed", claimedAt }]);
    expect((await listMine({ limit: 1 }, priya)).tickets).toMatchObject([{ assignedTo: priya.id }]);
  });

  test("is claimed by a member who sets its status", async () => {
    const thread = await createLegacyThread({ assignedTo: "" });
    expect(await setTicketStatus(thread.id, "resolved", priya)).toMatchObject({ ok: true });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id, status: "resolved" });
  });

  test("stays unchanged if an admin unclaims it", async () => {
    const thread = await createLegacyThread({ assignedTo: "" });
    expect(await unclaimTicket(thread.id, { ...priya, role: "admin" })).toMatchObject({ ok: true });
    expect((await storedThread(thread.id)).history).toBeUndefined();
  });
});
