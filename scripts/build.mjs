// `next build`, unless the last build was made from exactly these sources.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

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
  "scripts/security-headers.mjs",
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
  if (hash) writeFileSync(stampFile, hash);
  return true;
}

if (process.argv[1] === import.meta.filename) buildIfStale(console.log);
