// All tests in one run: sees to mongod, Chromium, Clerk's scripts and the build first, each with a line that says so.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildIfStale } from "./build.mjs";
import { ensureChromium } from "./chromium.mjs";
import { ensureClerkJs } from "./clerk-js.mjs";
import { findMongod } from "./mongod-binary.mjs";

const root = path.resolve(import.meta.dirname, "..");
const report = (what) => console.log(`• ${what} …`);
const args = process.argv.slice(2);
const watch = args.includes("--watch");
const longFaults = args.includes("--long-faults");
const chosen = args.filter((arg) => arg !== "--watch" && arg !== "--long-faults");
if (longFaults) {
  process.env.FAULTS = "long";
  chosen.push("--project", "faults", "--project", "model");
}

try {
  process.env.MONGOMS_SYSTEM_BINARY = await findMongod(report);
  if (!watch) {
    process.env.CHROMIUM_PATH = ensureChromium(report);
    await ensureClerkJs(report);
    buildIfStale(report);
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const results = path.join(tmpdir(), `claimdesk-tests-${process.pid}.json`);
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
const vitest = spawnSync(
  path.join(root, "node_modules", ".bin", "vitest"),
  watch ? ["--project", "server", "--project", "components", ...chosen] : ["run", ...reporters, ...chosen],
  { cwd: root, stdio: "inherit", env: { ...process.env, NODE_ENV: "test" } },
);

if (!watch) {
  const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(results, "utf8"));
  // A suite that could not even start counts as a failure of its own.
  const failed = Math.max(numFailedTests, success && vitest.status === 0 ? 0 : 1);
  console.log(`${numPassedTests} passed, ${failed} failed`);
}
process.exit(vitest.status ?? 1);
