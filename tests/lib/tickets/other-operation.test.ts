import { beforeAll, expect, test } from "vitest";
import type { BulkRequest } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { actOnTickets, bulkOp } from "@/lib/tickets/bulk";
import { createMember } from "@/tests/support/factories/members";
import { createThread, storedThread } from "@/tests/support/factories/threads";

let priya: TeamMember, tomas: TeamMember, jonas: TeamMember;

beforeAll(async () => {
  [priya, tomas] = [await createMember("Priya Nair"), await createMember("Tomás Rivera")];
  jonas = await createMember("Jonas Weber");
});

const refused = { success: false, reason: "other_operation" };

test("a key that is used for another act changes nothing and says so", async () => {
  const { id } = await createThread();
  const op = bulkOp(priya, "key");
  const items = [{ threadId: id, expectedAssignedTo: null }];
  expect(await actOnTickets({ action: "claim", items }, priya, op)).toMatchObject([{ success: true }]);
  const acts: BulkRequest[] = [
    { action: "unclaim", items },
    { action: "status", status: "resolved", items },
    { action: "reassign", assignedTo: tomas.id, items: [{ threadId: id, expectedAssignedTo: priya.id }] },
  ];
  for (const act of acts) {
    expect(await actOnTickets(act, priya, op)).toMatchObject([refused]);
  }
  expect(await storedThread(id)).toMatchObject({ assignedTo: priya.id, status: "open", revision: 2 });
});

test("a key that is used for another receiver or status changes nothing and says so", async () => {
  const { id } = await createThread({ assignedTo: priya.id });
  const items = [{ threadId: id, expectedAssignedTo: priya.id }];
  const [status, giving] = [bulkOp(priya, "status"), bulkOp(priya, "giving")];
  await actOnTickets({ action: "status", status: "in_progress", items }, priya, status);
  expect(await actOnTickets({ action: "status", status: "open", items }, priya, status)).toMatchObject([
    refused,
  ]);
  await actOnTickets({ action: "reassign", assignedTo: tomas.id, items }, priya, giving);
  const other = await actOnTickets({ action: "reassign", assignedTo: jonas.id, items }, priya, giving);
  expect(other).toMatchObject([refused]);
  expect(await storedThread(id)).toMatchObject({ assignedTo: tomas.id, status: "in_progress" });
});

test("a retry after the undo no longer offers one", async () => {
  const { id } = await createThread();
  const items = [{ threadId: id, expectedAssignedTo: null }];
  const op = bulkOp(priya, "undone");
  await actOnTickets({ action: "claim", items }, priya, op);
  await actOnTickets({ action: "undo", key: "undone", items }, priya);
  expect(await actOnTickets({ action: "claim", items }, priya, op)).toMatchObject([
    { success: true, canUndo: false },
  ]);
});
