// The checks of CI: format, lint, types, build, tests. Stops at the first that fails.
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const bin = path.join(root, "node_modules", ".bin");
const STEPS = [
  ["Format", "prettier", ["--check", "--log-level", "warn", "."]],
  ["Lint", "eslint", [".", "--max-warnings", "0"]],
  ["Route types", "next", ["typegen"]],
  ["Types", "tsc", ["--noEmit"]],
  ["Build", "node", ["scripts/build.mjs"]],
  ["Tests", "node", ["scripts/test.mjs"]],
];

for (const [name, command, args] of STEPS) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  const step = spawnSync(path.join(bin, command), args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (step.status !== 0) {
    console.error(`${name} failed.`);
    if (name !== "Tests") console.log("0 passed, 1 failed");
    process.exit(1);
  }
  if (name !== "Tests") console.log(`${name}: fine (${Math.round((Date.now() - started) / 1000)} s)`);
}
