import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { ThreadId } from "@/lib/api/contracts";
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
  test("puts the assignee's ticket back into the pool and keeps its status", async () => {
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

  test("refuses a member who does not hold it, and changes nothing", async () => {
    const thread = await claimedBy();
    expect(await unclaimTicket(thread.id, tomas)).toEqual({ ok: false, failure: { reason: "not_assignee" } });
    expect(await unclaimTicket(thread.id, tomas, { expectedAssignedTo: priya.id })).toEqual({
      ok: false,
      failure: { reason: "not_assignee" },
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id, revision: 2 });
  });

  test("lets an admin take it from anybody, and says in the history who did", async () => {
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

  test("never undoes a newer claim: an admin who saw the old holder is told the new one", async () => {
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

  test("is a success that changes nothing where nobody holds the ticket", async () => {
    const thread = await createThread();
    expect(await unclaimTicket(thread.id, priya)).toEqual({ ok: true, value: true });
    expect(await unclaimTicket(thread.id, admin(), { expectedAssignedTo: priya.id })).toEqual({
      ok: true,
      value: true,
    });
    expect(await storedThread(thread.id)).toMatchObject({ revision: 1 });
  });

  test("repeated with its operation id leaves a claim made in between alone", async () => {
    const thread = await claimedBy();
    await unclaimTicket(thread.id, priya, { op: "op-1" });
    await claimTicket(thread.id, priya);
    expect(await unclaimTicket(thread.id, priya, { op: "op-1" })).toEqual({ ok: true, value: true });
    expect((await storedThread(thread.id)).assignedTo).toBe(priya.id);
  });

  test("says not_found for a ticket that does not exist", async () => {
    expect(await unclaimTicket(ThreadId.parse("e".repeat(24)), admin())).toEqual({
      ok: false,
      failure: { reason: "not_found" },
    });
  });
});
