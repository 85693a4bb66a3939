import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIndexes, createSmallIndexes, missingIndexes } from "@/lib/store/indexes";
import { EmailMessage } from "@/models/EmailMessageModel";
import { Erasure } from "@/models/ErasureModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { cutCommands, systemError, watchCommands } from "@/tests/support/database/socket-faults";

type Collection = typeof EmailMessage.collection;

const DUE = { state: 1, threadId: 1, at: 1 } as const;
const OURS = { state: { $in: ["queued", "sending", "unconfirmed", "failed"] } };

beforeEach(() => createIndexes());

const indexesOf = (collection: Collection, key: object) =>
  collection
    .listIndexes()
    .toArray()
    .then((all) => all.filter((index) => JSON.stringify(index.key) === JSON.stringify(key)));

/** Replaces the index on these keys, as another version of the desk would have it. */
async function replaceBy(
  collection: Collection,
  key: Record<string, 1 | -1>,
  options: object,
): Promise<void> {
  for (const { name } of await indexesOf(collection, key)) await collection.dropIndex(String(name));
  await collection.createIndex(key, options);
}

describe("npm run indexes", () => {
  let commands: ReturnType<typeof watchCommands> | null = null;
  afterEach(() => commands?.stop());

  test("rebuilds an index that another version made with other options, and leaves other indexes alone", async () => {
    await replaceBy(EmailMessage.collection, DUE, { partialFilterExpression: { state: "queued" } });
    await EmailMessage.collection.createIndex({ subject: 1 }, { name: "of_somebody_else" });
    await EmailMessage.collection.createIndex(
      { state: 1, threadId: 1, at: 1 },
      { name: "of_an_operator", partialFilterExpression: { state: "came_back" } },
    );

    await createIndexes();

    const due = await indexesOf(EmailMessage.collection, DUE);
    expect(due.filter(({ name }) => name !== "of_an_operator")).toMatchObject([
      { partialFilterExpression: OURS },
    ]);
    expect(due.map(({ name }) => name)).toContain("of_an_operator");
    expect(await indexesOf(EmailMessage.collection, { subject: 1 })).toHaveLength(1);
    expect(await missingIndexes()).toEqual([]);
    await EmailMessage.collection.dropIndex("of_an_operator");
  });

  test("builds all indexes of a collection in one command without a time limit, and drops an old one only then", async () => {
    await EmailMessage.collection.dropIndexes();
    await EmailMessage.collection.createIndex(DUE, { partialFilterExpression: { state: "queued" } });
    commands = watchCommands("createIndexes", "dropIndexes");
    await createIndexes();
    const { sent } = commands;
    expect(sent.filter(({ collection }) => collection === "emailmessages")).toEqual([
      { command: "createIndexes", collection: "emailmessages", timeoutMs: 0 },
      { command: "dropIndexes", collection: "emailmessages", timeoutMs: 0 },
    ]);
    const builds = sent.filter(({ command }) => command === "createIndexes");
    expect(new Set(builds.map(({ collection }) => collection)).size).toBe(builds.length);
    expect(await indexesOf(EmailMessage.collection, DUE)).toMatchObject([{ partialFilterExpression: OURS }]);
  });

  test("tells an index by its collation too", async () => {
    const collation = { locale: "en", strength: 2 };
    await replaceBy(EmailMessage.collection, DUE, { partialFilterExpression: OURS, collation });
    await createIndexes();
    const due = await indexesOf(EmailMessage.collection, DUE);
    expect(due.map((index) => index.collation)).toEqual([undefined]);
  });

  test("changes in place when an index expires its documents", async () => {
    for (const options of [{ expireAfterSeconds: 60 }, {}]) {
      await replaceBy(LiveSlot.collection, { until: 1 }, options);
      commands = watchCommands("dropIndexes");
      await createIndexes();
      commands.stop();
      expect(commands.sent).toEqual([]);
      expect(await indexesOf(LiveSlot.collection, { until: 1 })).toMatchObject([{ expireAfterSeconds: 0 }]);
    }
  });

  test("stops an index from expiring documents", async () => {
    const key = { requestedAt: -1 } as const;
    await replaceBy(Erasure.collection, key, { expireAfterSeconds: 60 });
    await createIndexes();
    const [index, ...more] = await indexesOf(Erasure.collection, key);
    expect(more).toEqual([]);
    expect(index?.expireAfterSeconds).toBeUndefined();
  });

  test.each(["createIndexes", "dropIndexes"])(
    "finishes in a second run if the first lost its connection in %s",
    async (command) => {
      await replaceBy(EmailMessage.collection, DUE, { partialFilterExpression: { state: "queued" } });
      const faults = cutCommands({
        ...{ command, collection: "emailmessages", at: "written" },
        error: () => systemError("ECONNRESET"),
      });
      await expect(createIndexes()).rejects.toThrow();
      faults.stop();

      await createIndexes();
      expect(await indexesOf(EmailMessage.collection, DUE)).toMatchObject([
        { partialFilterExpression: OURS },
      ]);
      expect(await missingIndexes()).toEqual([]);
    },
  );

  test("tells what it builds, over how many documents, and what it drops", async () => {
    await replaceBy(EmailMessage.collection, DUE, { partialFilterExpression: { state: "queued" } });
    const steps: string[] = [];
    await createIndexes((step) => steps.push(step));
    expect(steps).toEqual([
      "emailmessages: building state_1_threadId_1_at_1_v2 over 0 documents",
      "emailmessages: dropping the old state_1_threadId_1_at_1",
    ]);
  });
});

test("names an index that is missing", async () => {
  const [due] = await indexesOf(EmailMessage.collection, DUE);
  await EmailMessage.collection.dropIndex(String(due?.name));
  expect(await missingIndexes()).toEqual(['emailmessages: {"state":1,"threadId":1,"at":1}']);
});

describe("a starting process", () => {
  test("creates the missing indexes of a small collection, and changes none that another version made", async () => {
    const old = { partialFilterExpression: { state: "queued" } };
    await replaceBy(EmailMessage.collection, DUE, old);
    await LiveSlot.collection.drop();
    expect(await createSmallIndexes()).toEqual([]);
    expect(await missingIndexes()).toEqual([]);
    expect(await indexesOf(EmailMessage.collection, DUE)).toMatchObject([old]);
  });

  test("names the missing indexes of a large collection and does not create them", async () => {
    await TicketEvent.collection.dropIndexes();
    const events = Array.from({ length: 10_000 }, (_, index) => ({ _id: `event ${index}` as never })); // a string id
    await TicketEvent.collection.insertMany(events);
    const missing = ['ticketevents: {"threadId":1,"revision":1}'];
    expect(await createSmallIndexes()).toEqual(missing);
    expect(await missingIndexes()).toEqual(missing);
    await TicketEvent.collection.deleteMany({});
  });
});
