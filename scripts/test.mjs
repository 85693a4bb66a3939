// Runs Vitest and ends with how many tests passed and failed. Each project in vitest.config.ts prepares what its own
// tests need, so `npm test -- one.test.ts` starts nothing else.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const results = path.join(tmpdir(), `claimdesk-tests-${process.pid}.json`);
const REPORTERS = ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`];
const MODES = {
  "--watch": { args: ["--project", "server", "--project", "components"], env: {} },
  "--long-faults": {
    args: ["run", "--project", "faults", "--project", "model", ...REPORTERS],
    env: { FAULTS: "long", SEED: process.env.SEED ?? String(randomInt(2 ** 31)) },
  },
};

const [first, ...rest] = process.argv.slice(2);
const mode = MODES[first];
const { args, env } = mode ?? { args: ["run", ...REPORTERS], env: {} };
if (env.SEED) console.log(`Seed ${env.SEED}. To repeat this run: SEED=${env.SEED} npm run test:faults`);

const vitest = spawnSync(
  path.join(root, "node_modules", ".bin", "vitest"),
  [...args, ...(mode ? rest : process.argv.slice(2))],
  {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, ...env, NODE_ENV: "test" },
  },
);
const isGood = vitest.status === 0;

// There are no results if no test ran: `--help`, a watch, a file that does not exist, a mongod that cannot start.
if (existsSync(results)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(results, "utf8"));
  rmSync(results);
  // A suite that could not start counts as a failure of its own.
  console.log(`${numPassedTests} passed, ${isGood ? numFailedTests : Math.max(numFailedTests, 1)} failed`);
} else if (!isGood && first !== "--watch") {
  console.log("0 passed, 1 failed");
}
process.exit(vitest.status ?? 1);
