import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listenToChanges } from "@/lib/live/changes";
import { connectDb, disconnectDb, inTransaction } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { ReplicaSet } from "@/tests/support/database/replica-set";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";

const originalUri = process.env.MONGODB_URI ?? "";
const PEOPLE = Array.from({ length: 6 }, (_, index) => member(`Person ${index}`));

let set: ReplicaSet;

beforeAll(async () => {
  set = await ReplicaSet.start(1, 28_600);
}, 120_000);

afterAll(async () => {
  await disconnectDb();
  await set.stop();
  await connectDb(originalUri);
}, 60_000);

/** Claims tickets until stopped, and counts in transactions; returns the errors that are not "the database is away". */
function startWork(uri: string) {
  let stopping = false;
  const wrong: unknown[] = [];
  const claimed: string[] = [];
  const attempt = async (work: () => Promise<void>) => {
    while (!stopping) {
      try {
        await connectDb(uri);
        await work();
      } catch (error) {
        if (!isDatabaseAway(error)) wrong.push(error);
      }
    }
  };
  const claim = (person: (typeof PEOPLE)[number]) => async () => {
    const { id } = await createThread();
    const { ok } = await claimTicket(id, person);
    if (ok) claimed.push(id);
  };
  const count = () =>
    settleOutcome(() =>
      inTransaction(async (session) => {
        await EmailThread.findOne({}, null, { session });
        await EmailThread.findOne({}, null, { session });
      }),
    );
  const loops = [...PEOPLE.map((person) => attempt(claim(person))), attempt(count), attempt(count)];
  return {
    claimed: () => claimed.length,
    stop: async () => ((stopping = true), await Promise.all(loops), { wrong, claimed }),
  };
}

test.each([
  ["with the set's name in the address", (uri: string) => uri],
  ["without it", (uri: string) => uri.replace(/\?.*/, "")],
])(
  "finds a one-node set again that was a standalone in between, %s",
  async (_, addressOf) => {
    const uri = addressOf(set.uri("desk"));
    await disconnectDb();
    await connectDb(uri);
    await createIndexes();
    const before = mongoose.connection.getClient();
    const lost = Promise.withResolvers<void>();
    const standaloneSeen = Promise.withResolvers<void>();
    before.on("topologyDescriptionChanged", ({ newDescription }) => {
      if (newDescription.servers.size === 0) standaloneSeen.resolve();
    });
    await listenToChanges({ onChange: () => {}, onLost: lost.resolve });
    const work = startWork(uri);
    await expect.poll(work.claimed).toBeGreaterThan(0);

    await set.restart("standalone");
    await Promise.all([standaloneSeen.promise, lost.promise]);
    const refused: unknown = await connectDb(uri).catch((error: unknown) => error);
    expect(isDatabaseAway(refused)).toBe(true);
    await set.restart("member");
    await set.primary();

    const until = work.claimed();
    await expect.poll(work.claimed, { timeout: 45_000 }).toBeGreaterThan(until + PEOPLE.length);
    const { wrong, claimed } = await work.stop();
    expect(wrong).toEqual([]);
    for (const id of claimed) {
      const lines = (await storedThread(id)).history?.filter(({ kind }) => kind === "claimed");
      expect(lines).toHaveLength(1);
    }
    const stopListening = await listenToChanges({ onChange: () => {}, onLost: () => {} });
    stopListening();
    await expect(before.db("desk").command({ ping: 1 })).rejects.toThrow(
      mongoose.mongo.MongoNotConnectedError,
    );
  },
  120_000,
);
