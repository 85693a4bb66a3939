import mongoose, { Schema, type Types } from "mongoose";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { retryDeadLetter } from "@/lib/store/queue/dead-letters";
import { lagOf } from "@/lib/store/queue/lag";
import { takeDue } from "@/lib/store/queue/lease";
import { postpone } from "@/lib/store/queue/postpone";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue, runQueueInBatches } from "@/lib/store/queue/run";
import { settle, settleAlike } from "@/lib/store/queue/settle";
import { DeadLetter } from "@/models/DeadLetterModel";
import { profiled } from "@/tests/support/database/profiled";

type Job = {
  _id: Types.ObjectId;
  kind: string;
  dueAt: Date | null;
  dueSince: Date | null;
  leaseId: string | null;
  attempts: number;
  done: number;
  filler?: string;
};

const jobSchema = new Schema<Job>(
  {
    kind: { type: String, default: "good" },
    dueAt: { type: Date, default: null },
    dueSince: { type: Date, default: null },
    leaseId: { type: String, default: null },
    attempts: { type: Number, default: 0 },
    done: { type: Number, default: 0 },
    filler: String,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
for (const field of ["dueAt", "dueSince"]) {
  jobSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}
const Job = mongoose.model<Job>("QueueTestJob", jobSchema);

const LEASE_MS = 60_000;
const queue: Queue<Job> = {
  name: "jobs",
  model: Job,
  leaseMs: LEASE_MS,
  failure: "The job could not be done",
};
const batched = { ...queue, batch: 8 };

const ago = (ms: number) => new Date(Date.now() - ms);
const later = (ms: number) => new Date(Date.now() + ms);

async function createJobs(count: number, of: (index: number) => Partial<Job> = () => ({})): Promise<void> {
  const jobs = Array.from(
    { length: count },
    (_, index) => new Job({ dueAt: ago(60_000 - index), ...of(index) }),
  );
  await Job.collection.insertMany(jobs.map((job) => job.toObject()));
}

const doJob = (which: Queue<Job>) => (leased: Leased<Job>) =>
  settle(which, leased, { compute: { done: { $add: ["$done", 1] } } });

async function drain(
  which: Queue<Job>,
  work: (leased: Leased<Job>) => Promise<unknown> = doJob(which),
): Promise<void> {
  while ((await runQueue(which, work)).worked);
}

async function only(): Promise<Job> {
  return Job.findOne({}).orFail().lean<Job>();
}

/** One lease on a desk with one due row, or more. */
async function leaseOf(which: Queue<Job>, clock?: Date) {
  const [leased] = await takeDue(which, clock ? { clock, limit: 1 } : { limit: 1 });
  if (!leased) throw new Error("nothing was due");
  return leased;
}

beforeAll(async () => {
  await Job.createCollection();
  await Job.createIndexes();
});
beforeEach(async () => {
  await Job.deleteMany({});
  await DeadLetter.deleteMany({});
});
afterEach(() => void vi.useRealTimers());

describe.each([
  ["one by one", queue],
  ["in batches", batched],
])("rows leased %s", (_, which) => {
  test("are each done once by eight workers", async () => {
    await createJobs(100);
    await Promise.all(Array.from({ length: 8 }, () => drain(which)));
    expect(await Job.countDocuments({ done: 1, dueAt: null, leaseId: null, dueSince: null })).toBe(100);
  });

  test("come oldest first, or newest first if the queue says so", async () => {
    await createJobs(20);
    const dates = async (from: Queue<Job>) => (await takeDue(from)).map(({ since }) => since.getTime());
    const [all] = [await Job.find().sort({ dueAt: 1 }).lean<Job[]>()];
    const stored = all.map(({ dueAt }) => dueAt?.getTime());
    const count = which.batch ?? 1;
    expect(await dates(which)).toEqual(stored.slice(0, count));
    expect(await dates({ ...which, order: "newest" })).toEqual(stored.reverse().slice(0, count));
  });

  test("whose work throws stop no other row", async () => {
    await createJobs(11, (index) => ({ kind: index < 10 ? "poison" : "good" }));
    await drain(which, async (leased) => {
      if (leased.row.kind === "poison") throw new RangeError("poison");
      await doJob(which)(leased);
    });
    expect(await Job.countDocuments({ done: 1 })).toBe(1);
    expect(await Job.countDocuments({ kind: "poison", attempts: 1, leaseId: null })).toBe(10);
  });

  test("that the database cannot write stop no other row", async () => {
    await createJobs(13);
    const full = await Job.find({}, { _id: 1 }).sort({ dueAt: 1 }).limit(12).lean<Job[]>();
    for (const { _id } of full) {
      await Job.collection.updateOne({ _id }, { $set: { leaseId: null, filler: "" } });
      const stored = await Job.collection.findOne({ _id });
      const taken = mongoose.mongo.BSON.calculateObjectSize(stored ?? {});
      const filler = "x".repeat(16 * 1024 * 1024 - taken);
      await Job.collection.updateOne({ _id }, { $set: { filler } });
    }
    for (let step = 0; step < 4; step += 1) await runQueue(which, doJob(which));
    expect(await Job.countDocuments({ done: 1 })).toBe(1);
    const letters = await DeadLetter.find().lean();
    expect(letters.map(({ rowId }) => rowId).sort()).toEqual(full.map(({ _id }) => String(_id)).sort());
  });

  test("are found among 20,000 rows without a date by looking at few of them", async () => {
    await createJobs(20_000, () => ({ dueAt: null }));
    await createJobs(1);
    const operations = await profiled(Job, () => takeDue(which));
    expect(operations.length).toBeGreaterThan(0);
    for (const { planSummary, keysExamined } of operations) {
      expect(planSummary).toContain("IXSCAN");
      expect(keysExamined).toBeLessThanOrEqual(2);
    }
  });

  test("are the same for workers whose clocks are hours wrong", async () => {
    await createJobs(5);
    await createJobs(5, () => ({ dueAt: later(600_000) }));
    for (const skewMs of [-5 * 3_600_000, 5 * 3_600_000]) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + skewMs });
      const [first] = await takeDue({ ...which, batch: 1 });
      expect(first).toBeDefined();
      vi.useRealTimers();
      const leasedMs = (first?.until.getTime() ?? 0) - Date.now();
      expect(leasedMs).toBeGreaterThan(LEASE_MS - 10_000);
      expect(leasedMs).toBeLessThanOrEqual(LEASE_MS + 1_000);
    }
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5 * 3_600_000 });
    await drain(which);
    expect(await Job.countDocuments({ done: 1 })).toBe(3);
  });
});

describe("a lease that ran out", () => {
  test("is taken by another worker, and the first one's result is refused", async () => {
    await createJobs(1);
    const slow = await leaseOf(queue);
    expect(await takeDue(queue, { clock: later(LEASE_MS - 5_000) })).toEqual([]);
    const other = await leaseOf(queue, later(LEASE_MS + 5_000));
    expect(await settle(queue, slow, { set: { done: 7 } })).toBe(false);
    expect(await postpone(queue, slow, new Error("late"))).toBe(false);
    expect(await settle(queue, other, { set: { done: 1 } })).toBe(true);
    expect(await only()).toMatchObject({ done: 1, dueAt: null, attempts: 0 });
  });

  test("counts as a failed attempt if the queue says so, and the row is given up after the last", async () => {
    await createJobs(1);
    const counting = { ...queue, countsLostLeases: true, retry: { attemptsMax: 2 } };
    for (const attempts of [0, 1]) {
      const leased = await leaseOf(counting, later(attempts * (LEASE_MS + 5_000)));
      expect(leased.attempts).toBe(attempts);
    }
    const work = vi.fn();
    await runQueue(counting, work, { clock: later(3 * LEASE_MS) });
    expect(work).not.toHaveBeenCalled();
    expect(await DeadLetter.findOne().lean()).toMatchObject({
      error: "The job could not be done: every attempt ended without an answer.",
    });
    expect(await only()).toMatchObject({ dueAt: null });
  });
});

describe("a row", () => {
  test("that somebody makes due while it is leased stays due, with the result recorded", async () => {
    await createJobs(1);
    const leased = await leaseOf(queue);
    const again = new Date();
    await Job.updateOne({}, { $set: { dueAt: again } });
    expect(await settle(queue, leased, { set: { done: 1 } })).toBe(true);
    expect(await only()).toMatchObject({ done: 1, dueAt: again, leaseId: null });
  });

  test("may be due again at a time of its own", async () => {
    await createJobs(1);
    const at = later(3_600_000);
    await settle(queue, await leaseOf(queue), { dueAt: at });
    expect(await only()).toMatchObject({ dueAt: at, dueSince: null });
  });

  test("is retried after pauses that double, and then buried where a person sees it", async () => {
    await createJobs(1);
    const retried = { ...queue, retry: { attemptsMax: 4, firstMs: 1_000, longestMs: 3_000 } };
    let clock = new Date();
    for (const longestMs of [1_000, 2_000, 3_000]) {
      await postpone(retried, await leaseOf(retried, clock), new RangeError("customer's words"), { clock });
      const pausedMs = ((await only()).dueAt?.getTime() ?? 0) - clock.getTime();
      expect(pausedMs).toBeGreaterThanOrEqual(longestMs / 2);
      expect(pausedMs).toBeLessThanOrEqual(longestMs);
      clock = new Date(clock.getTime() + pausedMs);
    }
    const { row, since } = await leaseOf(retried, clock);
    await takeDue(retried, { clock: later(10_000) });
    const lost = await leaseOf(retried, later(LEASE_MS + 60_000));
    await postpone(retried, lost, new RangeError("customer's words"));
    expect(await only()).toMatchObject({ dueAt: null, leaseId: null, attempts: 4 });
    expect(await DeadLetter.find().lean()).toMatchObject([
      { queue: "jobs", rowId: String(row._id), since, attempts: 4, retriedAt: null },
    ]);
    expect((await DeadLetter.findOne().lean())?.error).toBe("The job could not be done (RangeError).");
  });

  test("that was buried is done once a person retries it, and its dead letter goes", async () => {
    await createJobs(1);
    const once = { ...queue, retry: { attemptsMax: 1 } };
    await drain(once, () => Promise.reject(new Error("broken")));
    const { _id } = await only();
    expect(await DeadLetter.countDocuments()).toBe(1);
    expect(await retryDeadLetter(once, _id)).toBe(true);
    await drain(once);
    expect(await only()).toMatchObject({ done: 1, attempts: 0 });
    expect(await DeadLetter.countDocuments()).toBe(0);
    expect(await retryDeadLetter(once, _id)).toBe(false);
  });

  test("is retried by one of ten people at the same time, and by a repeated call of that one", async () => {
    await createJobs(1);
    const once = { ...queue, retry: { attemptsMax: 1 } };
    await drain(once, () => Promise.reject(new Error("broken")));
    const { _id } = await only();
    const ops = Array.from({ length: 10 }, (_, index) => `op ${index}`);
    const counted = await Promise.all(ops.map((op) => retryDeadLetter(once, _id, { op })));
    expect(counted.filter(Boolean)).toHaveLength(1);
    const own = ops[counted.indexOf(true)] ?? "";
    expect(await retryDeadLetter(once, _id, { op: own })).toBe(true);
    expect(await only()).toMatchObject({ attempts: 1, dueAt: expect.any(Date) });
  });

  test("counts no attempt if the database was away", async () => {
    await createJobs(1);
    const away = new mongoose.mongo.MongoNetworkError("away");
    await expect(runQueue(queue, () => Promise.reject(away))).rejects.toBe(away);
    expect(await only()).toMatchObject({ attempts: 0 });
    expect(await DeadLetter.countDocuments()).toBe(0);
  });
});

test("eight workers on cheap rows need few commands more than one", async () => {
  const commands = async (workers: number) => {
    await Job.deleteMany({});
    await createJobs(400);
    const operations = await profiled(Job, () =>
      Promise.all(
        Array.from({ length: workers }, async () => {
          while ((await runQueueInBatches(batched, (leased) => settleAlike(batched, leased))).worked);
        }),
      ),
    );
    return operations.length;
  };
  const one = await commands(1);
  expect(one).toBeLessThanOrEqual(4 * 50 + 1);
  expect(await commands(8)).toBeLessThan(2 * one);
});

test("of rows that are worked on together, only the bad one fails", async () => {
  await createJobs(8, (index) => ({ kind: index === 3 ? "poison" : "good" }));
  await runQueueInBatches(batched, async (leased) => {
    if (leased.some(({ row }) => row.kind === "poison")) throw new RangeError("poison");
    for (const one of leased) await doJob(batched)(one);
  });
  expect(await Job.countDocuments({ done: 1 })).toBe(7);
  expect(await Job.countDocuments({ kind: "poison", attempts: 1 })).toBe(1);
});

describe("the lag", () => {
  const seconds = (lag: number | null) => Math.round((lag ?? NaN) / 10) * 10;

  test("is the age of the oldest due row", async () => {
    expect(await lagOf(queue)).toBe(0);
    await createJobs(1, () => ({ dueAt: later(60_000) }));
    expect(await lagOf(queue)).toBe(0);
    await createJobs(1, () => ({ dueAt: ago(3_000_000) }));
    expect(seconds(await lagOf(queue))).toBe(3_000);
  });

  test("counts rows that are leased, and rows that wait for a retry", async () => {
    await createJobs(1, () => ({ dueAt: ago(3_000_000) }));
    const leased = await leaseOf(queue);
    expect(seconds(await lagOf(queue))).toBe(3_000);
    await postpone(queue, leased, new Error("broken"), { delayMs: 600_000 });
    expect(seconds(await lagOf(queue))).toBe(3_000);
    expect(seconds(await lagOf(queue, later(1_000_000)))).toBe(4_000);
    await settle(queue, await leaseOf(queue, later(700_000)));
    expect(await lagOf(queue)).toBe(0);
  });

  test("does not grow while the queue is off, and nothing is leased", async () => {
    await createJobs(1, () => ({ dueAt: ago(3_000_000) }));
    const off = { ...queue, isOn: () => false };
    const operations = await profiled(Job, async () => {
      expect(await lagOf(off)).toBeNull();
      expect(await runQueue(off, doJob(off))).toEqual({ worked: false });
    });
    expect(operations).toEqual([]);
  });

  test("is read from the indexes", async () => {
    await createJobs(2_000);
    await takeDue(batched);
    for (const { docsExamined } of await profiled(Job, () => lagOf(queue)))
      expect(docsExamined).toBeLessThanOrEqual(8);
  });
});
