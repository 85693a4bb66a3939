import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { MongoMemoryReplSet } from "mongodb-memory-server-core";
import { findMongod } from "@/scripts/mongod-binary.mjs";
import { freePort } from "@/scripts/ports";

export type DemoDatabase = { uri: string; stop: () => Promise<void> };

/**
 * A real one-node replica set with its data in `folder`, on loopback, found again at the next start.
 * A replica set remembers its own address, so the port of the first start is kept beside the data.
 */
export async function startDatabase(folder: string, report: (what: string) => void): Promise<DemoDatabase> {
  const systemBinary = await findMongod(report);
  const dbPath = path.join(folder, "mongod");
  await mkdir(dbPath, { recursive: true });
  const port = await keptPort(path.join(folder, "mongod-port"));
  const replSet = await MongoMemoryReplSet.create({
    binary: { systemBinary, version: "6.0.5", checkMD5: false },
    replSet: { count: 1, name: "claimdesk", storageEngine: "wiredTiger", ip: "127.0.0.1" },
    instanceOpts: [{ port, dbPath, launchTimeout: 60_000 }],
  });
  const uri = new URL(replSet.getUri());
  uri.pathname = "/claimdesk";
  return { uri: uri.href, stop: async () => void (await replSet.stop({ doCleanup: false })) };
}

async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  if (kept) {
    if ((await freePort(kept)) === kept) return kept;
    throw new Error(
      `Port ${kept}, where the demo's database lives, is taken; perhaps the demo runs already. Stop what listens there, or start over with: npm run demo -- --reset`,
    );
  }
  const port = await freePort(27_117);
  await writeFile(file, String(port));
  return port;
}
