import { expect, test } from "vitest";
import { createIndexes, missingIndexes } from "@/lib/store/indexes";
import { EmailMessage } from "@/models/EmailMessageModel";

test("an index that another version had with other options is made anew, a stranger's is left alone", async () => {
  await EmailMessage.collection.dropIndex("state_1_dueAt_1");
  await EmailMessage.collection.createIndex(
    { state: 1, dueAt: 1 },
    { partialFilterExpression: { state: "queued" } },
  );
  await EmailMessage.collection.createIndex({ subject: 1 }, { name: "a_stranger" });

  await createIndexes();

  const indexes = await EmailMessage.collection.listIndexes().toArray();
  const due = indexes.find(({ name }) => name === "state_1_dueAt_1");
  expect(due?.partialFilterExpression).toEqual({
    state: { $in: ["queued", "sending", "unconfirmed", "failed"] },
  });
  expect(indexes.map(({ name }) => name)).toContain("a_stranger");
  expect(await missingIndexes()).toEqual([]);
});

test("names an index that is missing", async () => {
  await EmailMessage.collection.dropIndex("state_1_dueAt_1");
  expect(await missingIndexes()).toEqual(['emailmessages: {"state":1,"dueAt":1}']);
  await createIndexes();
});
