// `npm run worker`: the worker alone, as the last build made it, or bundled now if there is no build.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

let file = path.resolve(process.env.CLAIMDESK_DIST ?? ".next", "worker", "worker.mjs");
if (!existsSync(file)) {
  const { buildWorker } = await import("./build.mjs");
  file = path.resolve(".cache", "worker", "worker.mjs");
  buildWorker(file);
}
await import(pathToFileURL(file).href);
