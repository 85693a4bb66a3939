import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { createThread, member, storedThread, teamOf } from "@/tests/support/factories/threads";

const TICKETS = 200;
const CLAIMERS = 50;

describe("claims under a storm", () => {
  test("have one winner on each of 200 tickets with 50 simultaneous claimers, and the other 49 learn who won", async () => {
    const team = teamOf(CLAIMERS);
    const threads = await Promise.all(Array.from({ length: TICKETS }, () => createThread()));

    for (let start = 0; start < TICKETS; start += 10) {
      const batch = threads.slice(start, start + 10);
      const rounds = await Promise.all(
        batch.map(async (thread) => ({
          thread,
          outcomes: await Promise.all(team.map((claimer) => claimTicket(thread.id, claimer))),
        })),
      );
      for (const { thread, outcomes } of rounds) {
        const stored = await storedThread(thread.id);
        const winners = outcomes.flatMap((outcome, index) => (outcome.ok ? [team[index]?.id] : []));
        const told = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure]));
        expect(winners).toEqual([stored.assignedTo]);
        expect(told).toEqual(
          Array.from({ length: CLAIMERS - 1 }, () => ({
            reason: "already_claimed",
            assignedTo: stored.assignedTo,
            assignedToEmail: stored.assignedToEmail,
            assignedToName: stored.assignedToName,
            claimedAt: stored.claimedAt?.toISOString(),
          })),
        );
        expect(stored.revision).toBe(2);
      }
    }
  }, 180_000);

  test("leave one history line per acknowledged change, alternating claim and unclaim", async () => {
    const thread = await createThread({ revision: 0 });
    const team = teamOf(16);
    const changes = await Promise.all(
      team.map(async (claimer) => {
        let acknowledged = 0;
        for (let round = 0; round < 15; round += 1) {
          if (!(await claimTicket(thread.id, claimer)).ok) continue;
          acknowledged += 1;
          expect(await unclaimTicket(thread.id, claimer, { expectedAssignedTo: claimer.id })).toMatchObject({
            ok: true,
          });
          acknowledged += 1;
        }
        return acknowledged;
      }),
    );

    const { history = [], revision } = await storedThread(thread.id);
    expect(revision).toBe(changes.reduce((sum, count) => sum + count, 0));
    expect(history).toHaveLength(revision ?? 0);
    for (const [index, line] of history.entries()) {
      expect(line).toMatchObject({ revision: index + 1, kind: index % 2 === 0 ? "claimed" : "unclaimed" });
      if (index % 2 === 1) expect(line.assignee?.id).toBe(history[index - 1]?.assignee?.id);
    }
  }, 60_000);

  test("together with status changes have one winner, who holds the ticket afterwards", async () => {
    const thread = await createThread();
    const claimers = teamOf(20);
    const outcomes = await Promise.all(
      claimers.map((person, index) =>
        index % 2 === 0 ? claimTicket(thread.id, person) : setTicketStatus(thread.id, "resolved", person),
      ),
    );
    const stored = await storedThread(thread.id);
    const winners = outcomes.flatMap((outcome, index) => (outcome.ok ? [claimers[index]?.id] : []));
    expect(winners).toEqual([stored.assignedTo]);
  });
});

describe("claims of one member", () => {
  test("with the same operation id, 20 at once, get one answer and one history line", async () => {
    const thread = await createThread();
    const priya = member("Priya Nair");
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => claimTicket(thread.id, priya, "op-same")),
    );
    const stored = await storedThread(thread.id);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(stored.history).toHaveLength(1);
  });

  test("with different operation ids, 20 at once, get one answer and one history line", async () => {
    const thread = await createThread();
    const priya = member("Priya Nair");
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => claimTicket(thread.id, priya, `op-${index}`)),
    );
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect((await storedThread(thread.id)).history).toHaveLength(1);
  });
});
