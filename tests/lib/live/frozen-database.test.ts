import { afterAll, beforeAll, expect, test } from "vitest";
import { existingBoard } from "@/lib/live/board";
import { endLiveStreams, openLiveStream } from "@/lib/live/stream";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import { readEvents } from "@/tests/support/network/live-events";
import { ReplicaSet } from "@/tests/support/database/replica-set";

const originalUri = process.env.MONGODB_URI ?? "";
let set: ReplicaSet;

beforeAll(async () => {
  set = await ReplicaSet.start(1, 28_900);
  await disconnectDb();
  await connectDb(set.uri("desk"));
  await createIndexes();
}, 60_000);

afterAll(async () => {
  endLiveStreams();
  await disconnectDb();
  await set.stop();
  await connectDb(originalUri);
}, 60_000);

test("a live stream has no beat while the database is frozen, so that its browser takes it for dead", async () => {
  const signal = new AbortController().signal;
  const stream = { memberId: "user_maya", reads: LIVE_READS, signal, onEnd: async () => {}, beatMs: 20 };
  const events = readEvents(await openLiveStream(stream));
  const beats: number[] = [];
  const reading = (async () => {
    for (let event = await events.next(); event; event = await events.next())
      if (event.name === "beat") beats.push(Date.parse(event.data.now));
  })();
  await expect.poll(() => beats.length).toBeGreaterThan(3);

  const thaw = await set.freezePrimary();
  await expect.poll(() => existingBoard()?.isFresh(), { timeout: 10_000 }).toBe(false);
  const staleAt = Date.now();
  await expect.poll(() => Date.now()).toBeGreaterThan(staleAt + 300);
  const thawedAt = Date.now();
  thaw();
  await expect.poll(() => beats.at(-1), { timeout: 10_000 }).toBeGreaterThan(thawedAt);
  expect(beats.filter((at) => at > staleAt + 20 && at < thawedAt)).toEqual([]);
  endLiveStreams();
  await reading;
});
