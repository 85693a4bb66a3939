import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { startMongod, type Mongod } from "@/scripts/mongod";
import { freePort } from "@/scripts/ports";

/**
 * A mongod with its data in `folder`, found again at the next start. A replica set remembers its own address, so the
 * port of the first start, the first free one from `firstPort`, is kept beside the data. Throws if it is taken.
 */
export async function startDatabase(
  folder: string,
  firstPort: number,
  report: (step: string) => void,
): Promise<Mongod> {
  const dbPath = path.join(folder, "mongod");
  await mkdir(dbPath, { recursive: true });
  const port = await keptPort(path.join(folder, "mongod-port"), firstPort);
  return startMongod(report, { port, dbPath });
}

async function keptPort(file: string, firstPort: number): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  if (kept) {
    if ((await freePort(kept)) === kept) return kept;
    throw new Error(
      `Port ${kept}, which the database in ${path.dirname(file)} needs, is taken; perhaps it runs already. Stop what listens there, or start over with --reset.`,
    );
  }
  const port = await freePort(firstPort);
  await writeFile(file, String(port));
  return port;
}
