import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import mongoose from "mongoose";
import { z } from "zod";
import { createFileIndexes } from "@/lib/store/file-store";
import { decodeBson, readBson, writeBson, type Written } from "./bson-file";

const Manifest = z.object({
  takenAt: z.string(),
  database: z.string(),
  collections: z.record(z.string(), z.object({ documents: z.number(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;

/** Documents and bytes of one insert; pieces of mails are large. */
const BATCH = 500;
const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Writes every collection of the connected database to `folder`, all as of one moment: the reads share a snapshot, so
 * a backup has both a reply's message and its ticket, or neither. By default the server keeps a snapshot for 5 minutes;
 * a larger desk uses mongodump or its host's backups.
 */
export async function takeBackup(
  folder: string,
  report: (what: string) => void = () => {},
): Promise<Manifest> {
  const client = mongoose.connection.getClient();
  const db = mongoose.connection.db;
  if (!db) throw new Error("Not connected to a database.");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await db.listCollections({}, { nameOnly: true }).toArray())
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("system."))
    .sort();
  const session = client.startSession({ snapshot: true });
  const collections: Record<string, Written> = {};
  try {
    for (const name of names) {
      report(`Saving ${name}`);
      const cursor = db.collection(name).find({}, { session, raw: true }).sort({ _id: 1 });
      // With `raw` the driver returns each document's own bytes.
      collections[name] = await writeBson(
        path.join(folder, `${name}.bson`),
        cursor as unknown as AsyncIterable<Uint8Array>,
      );
    }
  } finally {
    await session.endSession();
  }
  const manifest = { takenAt: new Date().toISOString(), database: db.databaseName, collections };
  await writeFile(path.join(folder, "manifest.json"), JSON.stringify(manifest, null, 2), { mode: 0o600 });
  return manifest;
}

export async function readManifest(folder: string): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")));
}

/**
 * Restores a backup into the connected database, and the indexes by which its files are read. Throws before the first
 * write if that already has documents in one of the backup's collections, and after writing a collection whose bytes are
 * not those the manifest names.
 */
export async function restoreBackup(
  folder: string,
  report: (what: string) => void = () => {},
): Promise<Manifest> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("Not connected to a database.");
  const manifest = await readManifest(folder);
  for (const name of Object.keys(manifest.collections)) {
    if (await db.collection(name).findOne({}, { projection: { _id: 1 } })) {
      throw new Error(`The database ${db.databaseName} already has ${name}. Restore into an empty one.`);
    }
  }
  for (const [name, expected] of Object.entries(manifest.collections)) {
    report(`Restoring ${name}, ${expected.documents} documents`);
    await insertAll(db.collection(name), path.join(folder, `${name}.bson`));
    const restored = await fingerprint(name);
    if (restored.documents !== expected.documents || restored.sha256 !== expected.sha256) {
      throw new Error(
        `${name} is not what was saved: ${restored.documents} of ${expected.documents} documents, or other bytes.`,
      );
    }
  }
  await createFileIndexes();
  return manifest;
}

async function insertAll(collection: mongoose.mongo.Collection, file: string): Promise<void> {
  let batch: Record<string, unknown>[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length > 0) await collection.insertMany(batch);
    batch = [];
    bytes = 0;
  };
  for await (const document of readBson(file)) {
    batch.push(decodeBson(document));
    bytes += document.length;
    if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush();
  }
  await flush();
}

/** Count and hash of a collection's raw documents, in the order of their ids. */
export async function fingerprint(name: string): Promise<Written> {
  const hash = createHash("sha256");
  let documents = 0;
  const cursor = mongoose.connection.collection(name).find({}, { raw: true }).sort({ _id: 1 });
  for await (const document of cursor as unknown as AsyncIterable<Uint8Array>) {
    hash.update(document);
    documents += 1;
  }
  return { documents, sha256: hash.digest("hex") };
}
