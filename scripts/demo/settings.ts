import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const Settings = z.object({ sessionSecret: z.string().min(32), inboundSecret: z.string().min(16) });
export type Settings = z.infer<typeof Settings>;

/** Secrets made at the first start and kept with the data, so that sign-ins and examples survive a restart. */
export async function keptSettings(folder: string): Promise<Settings> {
  const file = path.join(folder, "settings.json");
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return Settings.parse(JSON.parse(kept));
  const settings = {
    sessionSecret: randomBytes(32).toString("base64url"),
    inboundSecret: randomBytes(18).toString("base64url"),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
  return settings;
}
