// `next build` and the bundle of the worker, unless the last build was made from exactly these sources.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { EXTERNAL_PACKAGES } from "./external-packages.mjs";

const root = path.resolve(import.meta.dirname, "..");

/** The build that tests kill at named points; see lib/process/crash-point.ts. It has its own folder. */
export const CRASH_BUILD = { CRASH_POINTS: "1", CLAIMDESK_DIST: ".cache/crash-build" };
const SOURCES = [
  "app",
  "components",
  "lib",
  "models",
  ":(glob)*.ts",
  "postcss.config.mjs",
  "scripts/build.mjs",
  "scripts/external-packages.mjs",
  "scripts/read-dotenv.ts",
  "scripts/security-headers.mjs",
  "scripts/worker.ts",
  "package-lock.json",
];

function sourcesHash() {
  const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard", "-z", "--", ...SOURCES], {
    cwd: root,
  });
  const files = listed.status === 0 ? listed.stdout.toString().split("\0").filter(Boolean).sort() : [];
  const hash = createHash("sha256").update(process.version);
  for (const file of files) {
    if (existsSync(path.join(root, file)))
      hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  }
  // Without git there is no list of sources, and every build is a new one.
  return files.length > 0 ? hash.digest("hex") : null;
}

/**
 * Builds if the sources changed since the last build, and returns whether it did. Tells `report` before. Throws if the
 * build fails. `variant` is the environment of another build than the one that ships, such as `CRASH_BUILD`.
 */
export function buildIfStale(report = () => {}, stdio = "inherit", variant = {}) {
  const hash = sourcesHash();
  const folder = variant.CLAIMDESK_DIST ?? process.env.CLAIMDESK_DIST ?? ".next";
  const stampFile = path.join(root, folder, "claimdesk-sources");
  if (hash && existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash) return false;
  report(
    `Building the app${variant.CRASH_POINTS ? " with its crash points" : ""} (half a minute, once per version)`,
  );
  const built = spawnSync(path.join(root, "node_modules", ".bin", "next"), ["build"], {
    cwd: root,
    stdio: ["ignore", stdio, stdio],
    encoding: "utf8",
    env: { ...process.env, ...variant, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    shell: process.platform === "win32",
  });
  if (built.status !== 0) throw new Error(`The build failed.\n${built.stdout ?? ""}${built.stderr ?? ""}`);
  buildWorker(path.join(root, folder, "worker", "worker.mjs"), {
    hasCrashPoints: variant.CRASH_POINTS === "1",
  });
  if (hash) writeFileSync(stampFile, hash);
  return true;
}

/** Bundles scripts/worker.ts as Next bundles the app: without the crash points, unless they are asked for. */
export function buildWorker(outfile, { hasCrashPoints = false, nodeEnv = "production" } = {}) {
  buildSync({
    entryPoints: [path.join(root, "scripts", "worker.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    conditions: ["react-server"],
    external: EXTERNAL_PACKAGES.flatMap((name) => [name, `${name}/*`]),
    define: {
      "globalThis.CRASH_POINTS": String(hasCrashPoints),
      "process.env.NODE_ENV": JSON.stringify(nodeEnv),
    },
    minifySyntax: true,
    // Packages in CommonJS call `require`, which an ES module lacks.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}

if (process.argv[1] === import.meta.filename) buildIfStale(console.log);
