import { expect, test } from "vitest";
import type { TeamMember } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { declineTicket } from "@/lib/tickets/decline";
import { countTickets, listMine, listUnassigned } from "@/lib/tickets/list";
import { reassignTicket } from "@/lib/tickets/reassign";
import { EmailThread } from "@/models/EmailThreadModel";
import { profiled } from "@/tests/support/database/profiled";
import { createMember } from "@/tests/support/factories/members";
import { createThread, teamOf } from "@/tests/support/factories/threads";

const page = { limit: 50 };

/** A ticket that `giver` gave to `receiver`, who declined it. */
async function declined(giver: TeamMember, receiver: TeamMember, subject: string) {
  const { id } = await createThread({ subject });
  await claimTicket(id, giver);
  const given = { threadId: id, assignedTo: receiver.id, expectedAssignedTo: giver.id };
  expect((await reassignTicket(given, giver)).ok).toBe(true);
  expect((await declineTicket({ threadId: id, reason: "I am away tomorrow" }, receiver)).ok).toBe(true);
  return id;
}

const subjects = async (list: Promise<{ tickets: { subject: string }[] }>) =>
  (await list).tickets.map(({ subject }) => subject);

test("a declined ticket stands on top of its giver's Mine and in Unassigned until somebody holds it", async () => {
  const [giver, receiver] = [await createMember("Gita"), await createMember("Rolf")];
  const own = await createThread({ subject: "Own" });
  await claimTicket(own.id, giver);
  const id = await declined(giver, receiver, "Declined");

  expect(await subjects(listMine(page, giver))).toEqual(["Declined", "Own"]);
  expect(await subjects(listMine({ ...page, status: "waiting" }, giver))).toEqual([]);
  expect(await subjects(listMine(page, receiver))).toEqual([]);
  expect((await listUnassigned(page)).tickets[0]).toMatchObject({
    subject: "Declined",
    givenBackTo: giver.id,
  });
  expect(await countTickets(giver)).toMatchObject({ mine: 2, mineNeedsLook: 1, unassignedNeedsLook: 1 });

  await claimTicket(id, receiver);
  expect(await subjects(listMine(page, giver))).toEqual(["Own"]);
  expect(await countTickets(giver)).toMatchObject({ mine: 1, mineNeedsLook: 0, unassignedNeedsLook: 0 });
});

test("paging through Mine shows each declined and each held ticket once", async () => {
  const [giver, receiver] = [await createMember("Gerd"), await createMember("Rita")];
  for (const subject of ["One", "Two", "Three"]) await declined(giver, receiver, subject);
  for (const subject of ["Four", "Five"]) await claimTicket((await createThread({ subject })).id, giver);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { tickets, nextCursor } = await listMine({ limit: 2, cursor }, giver);
    seen.push(...tickets.map(({ subject }) => subject));
    cursor = nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(["One", "Two", "Three", "Five", "Four"]);
});

test("the declined tickets of Mine are read from an index, however many of others need a look", async () => {
  const [giver, receiver] = [await createMember("Greta"), await createMember("Rune")];
  await declined(giver, receiver, "Mine to see");
  const others = teamOf(10);
  await EmailThread.collection.insertMany(
    Array.from({ length: 2_000 }, (_, index) => {
      const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
      const attention = { kind: "declined", at, messageId: "0".repeat(64), replyId: null, cause: null };
      const givenBackTo = others[index % others.length]?.id;
      return {
        subject: `Other ${index}`,
        status: "open",
        assignedTo: null,
        givenBackTo,
        attention,
        needsLookAt: at,
      };
    }),
  );
  const reads = await profiled(EmailThread, () => listMine(page, giver));
  expect(reads.map(({ planSummary }) => planSummary).join()).not.toContain("COLLSCAN");
  for (const { keysExamined, docsExamined } of reads) {
    expect(keysExamined).toBeLessThanOrEqual(6);
    expect(docsExamined).toBeLessThanOrEqual(2);
  }
});
