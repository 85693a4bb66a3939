import { expect, test } from "vitest";
import { createIndexes, missingIndexes } from "@/lib/store/indexes";
import { EmailMessage } from "@/models/EmailMessageModel";

test("rebuilds an index that another version made with other options, and leaves other indexes alone", async () => {
  await EmailMessage.collection.dropIndex("state_1_dueAt_1");
  await EmailMessage.collection.createIndex(
    { state: 1, dueAt: 1 },
    { partialFilterExpression: { state: "queued" } },
  );
  await EmailMessage.collection.createIndex({ subject: 1 }, { name: "of_somebody_else" });

  await createIndexes();

  const indexes = await EmailMessage.collection.listIndexes().toArray();
  const due = indexes.find(({ name }) => name === "state_1_dueAt_1");
  expect(due?.partialFilterExpression).toEqual({
    state: { $in: ["queued", "sending", "unconfirmed", "failed"] },
  });
  expect(indexes.map(({ name }) => name)).toContain("of_somebody_else");
  expect(await missingIndexes()).toEqual([]);
});

test("names an index that is missing", async () => {
  await EmailMessage.collection.dropIndex("state_1_dueAt_1");
  expect(await missingIndexes()).toEqual(['emailmessages: {"state":1,"dueAt":1}']);
  await createIndexes();
});
