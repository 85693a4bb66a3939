// `npm run worker`: the worker alone, as the last build made it, or from the sources if there is no build.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const built = path.resolve(process.env.CLAIMDESK_DIST ?? ".next", "worker", "worker.mjs");
if (!existsSync(built)) (await import("tsx/esm/api")).register();
await import(existsSync(built) ? pathToFileURL(built).href : "./worker.ts");
