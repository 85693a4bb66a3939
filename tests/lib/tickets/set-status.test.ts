import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { createLegacyThread, createThread, member, storedThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const tomas = member("Tomás Rivera");

describe("setTicketStatus", () => {
  test("claims an unassigned ticket for the member who resolves it", async () => {
    const thread = await createThread();
    expect(await setTicketStatus(thread.id, "resolved", priya)).toMatchObject({
      ok: true,
      value: { status: "resolved", assignedTo: priya.id },
    });
    const stored = await storedThread(thread.id);
    expect(stored).toMatchObject({ status: "resolved", assignedTo: priya.id, assignedToEmail: priya.email });
    expect(stored.resolvedAt).toEqual(stored.claimedAt);
  });

  test("keeps claimedAt, and clears resolvedAt once the ticket is open again", async () => {
    const thread = await createThread();
    const claimed = await claimTicket(thread.id, priya);
    await setTicketStatus(thread.id, "resolved", priya);
    await setTicketStatus(thread.id, "open", priya);
    const stored = await storedThread(thread.id);
    expect(stored).toMatchObject({ status: "open", resolvedAt: null });
    expect(claimed).toMatchObject({ value: { claimedAt: stored.claimedAt?.toISOString() } });
    expect(stored.history?.at(-1)).toMatchObject({
      kind: "status_changed",
      statusFrom: "resolved",
      statusTo: "open",
    });
  });

  test("refuses somebody else's ticket and names the assignee", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, priya);
    expect(await setTicketStatus(thread.id, "waiting", tomas)).toMatchObject({
      ok: false,
      failure: { reason: "already_claimed", assignedTo: priya.id, assignedToName: priya.name },
    });
    expect((await storedThread(thread.id)).status).toBe("open");
  });

  test("changes nothing if the ticket has that status already", async () => {
    const thread = await createThread();
    await setTicketStatus(thread.id, "waiting", priya);
    expect(await setTicketStatus(thread.id, "waiting", priya)).toMatchObject({
      ok: true,
      value: { revision: 2 },
    });
    expect((await storedThread(thread.id)).history).toHaveLength(1);
  });

  test("sets the status of a thread stored before there were statuses", async () => {
    const { id } = await createLegacyThread({ status: undefined });
    expect(await setTicketStatus(id, "waiting", priya)).toMatchObject({
      ok: true,
      value: { status: "waiting" },
    });
  });
});
