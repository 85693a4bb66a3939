import { beforeEach, expect, test } from "vitest";
import { noWorkload, readWorkloads } from "@/lib/team/workload";
import { EmailThread } from "@/models/EmailThreadModel";
import { createLegacyThread, createThread, member } from "@/tests/support/factories/threads";

const [priya, tomas] = [member("Priya"), member("Tomas")];
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 9, minute));
const workload = async (id: string) => (await readWorkloads([priya.id, tomas.id])).get(id) ?? noWorkload();

beforeEach(async () => void (await EmailThread.deleteMany({})));

test("counts each member's active tickets by status, and no resolved or unassigned ones", async () => {
  for (const status of ["open", "in_progress", "in_progress", "waiting", "resolved"] as const)
    await createThread({ assignedTo: priya.id, status, waitingSince: null });
  await createThread({ assignedTo: tomas.id, status: "waiting", waitingSince: null });
  await createThread({ assignedTo: null });
  expect(await workload(priya.id)).toEqual({
    held: { open: 1, in_progress: 2, waiting: 1 },
    oldestWaitingSince: null,
  });
  expect((await workload(tomas.id)).held).toEqual({ open: 0, in_progress: 0, waiting: 1 });
});

test("a member who holds nothing has an empty workload", async () => {
  expect(await workload(tomas.id)).toEqual({
    held: { open: 0, in_progress: 0, waiting: 0 },
    oldestWaitingSince: null,
  });
});

test("tells since when the longest waiting customer waits, whatever the status", async () => {
  await createThread({ assignedTo: priya.id, status: "open", waitingSince: at(30) });
  await createThread({ assignedTo: priya.id, status: "in_progress", waitingSince: at(10) });
  await createThread({
    assignedTo: priya.id,
    status: "in_progress",
    waitingSince: null,
    lastInboundAt: at(1),
  });
  await createThread({ assignedTo: tomas.id, status: "open", waitingSince: at(5) });
  expect((await workload(priya.id)).oldestWaitingSince).toEqual(at(10));
});

test("a ticket older than the field waits since its customer's last mail, unless its status is waiting", async () => {
  await createLegacyThread({ assignedTo: priya.id, status: "waiting", lastInboundAt: at(1) });
  expect((await workload(priya.id)).oldestWaitingSince).toBeNull();
  await createLegacyThread({ assignedTo: priya.id, status: "in_progress", lastInboundAt: at(20) });
  expect((await workload(priya.id)).oldestWaitingSince).toEqual(at(20));
  await createLegacyThread({ assignedTo: priya.id, status: "open", receivedAt: at(15) });
  expect((await workload(priya.id)).oldestWaitingSince).toEqual(at(15));
});

test("a ticket stored without a status counts as open", async () => {
  await createLegacyThread({ assignedTo: priya.id, status: null });
  expect((await workload(priya.id)).held).toEqual({ open: 1, in_progress: 0, waiting: 0 });
});
