import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { startMongod } from "@/scripts/mongod";
import { freePort } from "@/scripts/ports";

export type DemoDatabase = { uri: string; stop: () => Promise<void> };

/**
 * A mongod with its data in `folder`, found again at the next start. A replica set remembers its own address, so the
 * port of the first start is kept beside the data. Throws if another process listens there.
 */
export async function startDatabase(folder: string, report: (step: string) => void): Promise<DemoDatabase> {
  const dbPath = path.join(folder, "mongod");
  await mkdir(dbPath, { recursive: true });
  const port = await keptPort(path.join(folder, "mongod-port"));
  const mongod = await startMongod(report, { port, dbPath });
  return { uri: mongod.uri("claimdesk"), stop: mongod.stop };
}

async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  if (kept) {
    if ((await freePort(kept)) === kept) return kept;
    throw new Error(
      `Port ${kept}, which the database in ${path.dirname(file)} needs, is taken; perhaps it runs already. Stop what listens there, or start over with --reset.`,
    );
  }
  const port = await freePort(27_117);
  await writeFile(file, String(port));
  return port;
}
