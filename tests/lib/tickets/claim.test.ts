import mongoose from "mongoose";
import { describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread } from "@/models/EmailThreadModel";
import {
  createLegacyThread,
  createThread,
  member,
  storedThread,
  teamOf,
} from "@/tests/support/factories/threads";

describe("claimTicket", () => {
  test("gives the ticket to exactly one of fifty simultaneous claimers", async () => {
    const thread = await createThread();
    const outcomes = await Promise.all(teamOf(50).map((claimer) => claimTicket(thread.id, claimer)));
    const winners = outcomes.filter((outcome) => outcome.ok);
    const stored = await storedThread(thread.id);
    expect(winners).toHaveLength(1);
    expect(winners[0]?.value.assignedTo).toBe(stored.assignedTo);
    for (const outcome of outcomes) {
      if (!outcome.ok)
        expect(outcome.failure).toMatchObject({ reason: "already_claimed", assignedTo: stored.assignedTo });
    }
    expect(stored).toMatchObject({ revision: 2, history: [{ kind: "claimed" }] });
  });

  test("answers the assignee's second claim with the first claimedAt", async () => {
    const thread = await createThread();
    const priya = member("Priya Nair");
    const first = await claimTicket(thread.id, priya);
    expect(await claimTicket(thread.id, priya)).toEqual(first);
  });

  test("answers a retried call as the first, even if the ticket was unclaimed in between", async () => {
    const thread = await createThread();
    const priya = member("Priya Nair");
    const first = await claimTicket(thread.id, priya, "op-1");
    await unclaimTicket(thread.id, priya);
    expect(await claimTicket(thread.id, priya, "op-1")).toEqual(first);
    expect((await storedThread(thread.id)).assignedTo).toBeNull();
  });

  test("claims a thread stored before the assignment fields existed", async () => {
    const { id } = await createLegacyThread();
    expect(await claimTicket(id, member("Priya Nair"))).toMatchObject({ ok: true });
    expect(await storedThread(id)).toMatchObject({ assignedTo: "user_priya_nair", revision: 1 });
  });

  test("stores a name that looks like a database expression unchanged", async () => {
    const thread = await createThread();
    const odd = member("Odd", { name: "$from", email: "$$NOW@team.example" });
    await claimTicket(thread.id, odd);
    expect(await storedThread(thread.id)).toMatchObject({
      assignedToName: "$from",
      assignedToEmail: "$$NOW@team.example",
    });
  });

  test("fails with not_found if there is no such ticket", async () => {
    expect(await claimTicket(ThreadId.parse("f".repeat(24)), member("Priya Nair"))).toEqual({
      ok: false,
      failure: { reason: "not_found" },
    });
  });
});

test("a claim of a ticket that another transaction locks gives up and changes nothing, and works once it is free", async () => {
  const priya = member("Priya Nair");
  const thread = await createThread();
  const session = await mongoose.startSession();
  session.startTransaction();
  await EmailThread.updateOne({ _id: thread._id }, { $set: { excerpt: "locked" } }, { session });

  const waiting = claimTicket(thread.id, priya);
  await expect(waiting).rejects.toMatchObject({ code: 50 });
  await session.abortTransaction();
  await session.endSession();
  expect((await storedThread(thread.id)).assignedTo).toBeNull();
  expect(await claimTicket(thread.id, priya)).toMatchObject({ ok: true });
}, 15_000);
