import { describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { admin, createThread, member, storedThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const tomas = member("Tomás Rivera");

async function claimedBy(person = priya) {
  const thread = await createThread({ status: "waiting" });
  await claimTicket(thread.id, person);
  return thread;
}

describe("unclaimTicket", () => {
  test("makes the ticket unassigned and keeps its status", async () => {
    const thread = await claimedBy();
    expect(await unclaimTicket(thread.id, priya, { expectedAssignedTo: priya.id })).toEqual({
      ok: true,
      value: true,
    });
    expect(await storedThread(thread.id)).toMatchObject({
      assignedTo: null,
      assignedToEmail: null,
      assignedToName: null,
      claimedAt: null,
      status: "waiting",
      history: [{ kind: "claimed" }, { kind: "unclaimed", by: { id: priya.id }, assignee: { id: priya.id } }],
    });
  });

  test("refuses anybody but the assignee, and changes nothing", async () => {
    const thread = await claimedBy();
    expect(await unclaimTicket(thread.id, tomas)).toEqual({ ok: false, failure: { reason: "not_assignee" } });
    expect(await unclaimTicket(thread.id, tomas, { expectedAssignedTo: priya.id })).toEqual({
      ok: false,
      failure: { reason: "not_assignee" },
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id, revision: 2 });
  });

  test("lets an admin unclaim anybody's ticket, and names the admin in the history", async () => {
    const thread = await claimedBy();
    expect(await unclaimTicket(thread.id, admin(), { expectedAssignedTo: priya.id })).toMatchObject({
      ok: true,
    });
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({
      kind: "unclaimed",
      by: { id: admin().id },
      assignee: { id: priya.id },
    });
  });

  test("never undoes a newer claim, and names the new assignee", async () => {
    const thread = await claimedBy();
    await unclaimTicket(thread.id, priya);
    await claimTicket(thread.id, tomas);
    expect(await unclaimTicket(thread.id, admin(), { expectedAssignedTo: priya.id })).toMatchObject({
      ok: false,
      failure: { reason: "changed_meanwhile", assignedTo: tomas.id, assignedToName: tomas.name },
    });
    expect(await unclaimTicket(thread.id, priya, { expectedAssignedTo: priya.id })).toMatchObject({
      ok: false,
      failure: { reason: "changed_meanwhile", assignedTo: tomas.id },
    });
    expect((await storedThread(thread.id)).assignedTo).toBe(tomas.id);
  });

  test("succeeds and changes nothing if the ticket is unassigned", async () => {
    const thread = await createThread();
    expect(await unclaimTicket(thread.id, priya)).toEqual({ ok: true, value: true });
    expect(await unclaimTicket(thread.id, admin(), { expectedAssignedTo: priya.id })).toEqual({
      ok: true,
      value: true,
    });
    expect(await storedThread(thread.id)).toMatchObject({ revision: 1 });
  });

  test("does not undo a claim made in between if the call is retried", async () => {
    const thread = await claimedBy();
    await unclaimTicket(thread.id, priya, { op: "op-1" });
    await claimTicket(thread.id, priya);
    expect(await unclaimTicket(thread.id, priya, { op: "op-1" })).toEqual({ ok: true, value: true });
    expect((await storedThread(thread.id)).assignedTo).toBe(priya.id);
  });

  test("fails with not_found if there is no such ticket", async () => {
    expect(await unclaimTicket(ThreadId.parse("e".repeat(24)), admin())).toEqual({
      ok: false,
      failure: { reason: "not_found" },
    });
  });
});
