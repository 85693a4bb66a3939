// Entry of the npm scripts that must work on a fresh clone: ensures the packages and the pinned Node, then runs the task.
// Runs on the Node that npm found, so it uses only what Node 20 has and imports no package.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const bin = path.join(root, "node_modules", ".bin");
const stampFile = path.join(root, "node_modules", ".claimdesk-lock");
const isWindows = process.platform === "win32";

const TASKS = {
  demo: ["tsx", "--conditions=react-server", "scripts/demo/main.ts"],
  dev: ["tsx", "--conditions=react-server", "scripts/dev/main.ts"],
  test: ["node", "scripts/test.mjs"],
  "test-faults": ["node", "scripts/test.mjs", "--long-faults"],
  "test-watch": ["node", "scripts/test.mjs", "--watch"],
  "guide-pictures": ["tsx", "--conditions=react-server", "scripts/guides/main.ts"],
  verify: ["node", "scripts/verify.mjs"],
};

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: isWindows, ...options });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} did not succeed.`);
}

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
}

/** Runs `npm ci` if node_modules is missing or belongs to another lockfile. */
function ensurePackages() {
  const hash = lockHash();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash) return;
  console.log("Installing packages (a minute or so, once) …");
  run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stampFile, hash);
}

function nodeVersion(binary) {
  const result = spawnSync(binary, ["--version"], { encoding: "utf8", shell: isWindows });
  return result.status === 0 ? result.stdout.trim() : null;
}

/** Ensures the pinned Node. If install scripts are off, does what the package's own script would have done. */
function ensureNode() {
  const wanted = `v${JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).devDependencies.node}`;
  const pinned = path.join(bin, "node");
  if (nodeVersion(pinned) === wanted) return;
  console.log(`Fetching Node ${wanted.slice(1)} …`);
  run(process.execPath, ["installArchSpecificPackage.js"], {
    cwd: path.join(root, "node_modules", "node"),
    shell: false,
  });
  if (nodeVersion(pinned) !== wanted) {
    throw new Error(
      `Node ${wanted.slice(1)} could not be set up. Install it yourself and run this again with it.`,
    );
  }
}

const [task, ...rest] = process.argv.slice(2);
const command = TASKS[task];
if (!command) {
  console.error(`Unknown task. Known: ${Object.keys(TASKS).join(", ")}.`);
  process.exit(64);
}

try {
  ensurePackages();
  ensureNode();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const child = spawn(path.join(bin, command[0]), [...command.slice(1), ...rest], {
  cwd: root,
  stdio: "inherit",
  shell: isWindows,
  env: {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}`,
    NEXT_TELEMETRY_DISABLED: "1",
  },
});
// The terminal sends Ctrl+C to the child as well; it decides when it is done.
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
