// Clerk's own scripts for a browser, which a real instance serves, for the tests of its sign-in. Not dependencies: they
// would bring 187 MB along that nothing here runs.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const kept = path.resolve(import.meta.dirname, "..", ".cache", "clerk-js");

/** A package's exact version, and the hash of its archive: what the registry sends must be this and nothing else. */
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
    if (hash !== sha512) throw new Error(`${wanted} is not the archive whose hash is known.`);
    await run("tar", ["-xzf", archive, "-C", work], { timeout: 60_000 });
    // In one step, so that a folder of this name is always whole.
    await rename(path.join(work, "package", "dist"), folder);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * The folders of Clerk's two packages for the browser, by the name under `@clerk/`, fetched from npm where they are
 * missing. `report` is told so. Throws where one can't be had or is another than expected.
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
