// Clerk's own scripts for a browser, for the tests of its sign-in; a real instance serves them. They are no dependencies,
// since those would bring 187 MB that nothing here runs.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const kept = path.resolve(import.meta.dirname, "..", ".cache", "clerk-js");

/** The exact version of each package and the hash that its archive must have. */
const PACKAGES = {
  "clerk-js": {
    version: "6.40.0",
    sha512: "2MnZ/ygvuCmeuqfXQmsxfQaLN/SSJvQbtT2cLXbgr5VKr3KmZFZBVvX977fG3eZ6pprl4J9pO+I2bbe6BvColg==",
  },
  ui: {
    version: "1.36.0",
    sha512: "uI96zYCh5jISLOt1mdpIPy/Y31P0kwFxjUFOxLUwFfTHFmGUcRjbqN6bbb+75tdI2Bz6ARGws3rhspDer+xIfQ==",
  },
};

async function fetchInto(folder, name, { version, sha512 }) {
  await mkdir(kept, { recursive: true });
  const work = await mkdtemp(path.join(kept, "fetching-"));
  try {
    const wanted = `@clerk/${name}@${version}`;
    await run("npm", ["pack", wanted, "--silent", "--pack-destination", work], {
      shell: process.platform === "win32",
      timeout: 180_000,
    });
    const archive = path.join(work, `clerk-${name}-${version}.tgz`);
    const hash = createHash("sha512")
      .update(await readFile(archive))
      .digest("base64");
    if (hash !== sha512) throw new Error(`${wanted} does not have the expected hash.`);
    await run("tar", ["-xzf", archive, "-C", work], { timeout: 60_000 });
    // In one step, so that a folder of this name is always complete.
    await rename(path.join(work, "package", "dist"), folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * The folders of Clerk's two packages for the browser, by their name under `@clerk/`. Fetches a missing one from npm and
 * tells `report`. Throws if one cannot be fetched or has another hash.
 */
export async function ensureClerkJs(report = () => {}) {
  const folders = {};
  for (const [name, pinned] of Object.entries(PACKAGES)) {
    const folder = path.join(kept, `${name}-${pinned.version}`);
    if (!existsSync(folder)) {
      report(`Fetching @clerk/${name} ${pinned.version} for the test of Clerk's sign-in`);
      await fetchInto(folder, name, pinned);
    }
    folders[name] = folder;
  }
  return folders;
}
