import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { mongo } from "mongoose";
import type { Index } from "./index-plan";

/** Takes a sentence for the terminal. */
export type Report = (step: string) => void;

/** How often a running build is reported, in milliseconds. */
const REPORT_EVERY_MS = 5_000;

/** Runs `work`, which builds `built`, and tells how far the server is until it ends. */
export async function withProgress(
  collection: mongo.Collection,
  built: Index[],
  report: Report,
  work: () => Promise<unknown>,
): Promise<void> {
  const { collectionName } = collection;
  if (built.length > 0) {
    const documents = await collection.estimatedDocumentCount();
    const names = built.map(({ name }) => name).join(", ");
    report(`${collectionName}: building ${names} over ${documents.toLocaleString("en")} documents`);
  }
  const done = new AbortController();
  const startedAt = performance.now();
  const reporting = (async () => {
    for (;;) {
      await sleep(REPORT_EVERY_MS, undefined, { signal: done.signal });
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      report(`${collectionName}: ${seconds} s, ${await progressOf(collection)}`);
    }
  })().catch(() => {}); // aborted
  try {
    await work();
  } finally {
    done.abort();
    await reporting;
  }
}

/** How far the server is with the collection's builds, if the user of the connection string may know. */
async function progressOf({
  db,
  namespace,
}: { db: mongo.Db; namespace: string } & mongo.Collection): Promise<string> {
  try {
    const admin = db.client.db("admin");
    const [op] = await admin
      .aggregate<{ progress: { done: number; total: number } }>([
        { $currentOp: { allUsers: true } },
        { $match: { ns: namespace, "progress.total": { $gt: 0 } } },
      ])
      .toArray();
    return op ? `${Math.floor((100 * op.progress.done) / op.progress.total)} %` : "the server is building";
  } catch {
    return "the server is building"; // the user may not read this
  }
}
