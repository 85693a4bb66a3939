// A Chromium for the browser tests: named by CHROMIUM_PATH, found, or installed now with apt or Playwright.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const APPLICATIONS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function works(binary) {
  return spawnSync(binary, ["--version"], { timeout: 30_000 }).status === 0;
}

function installed() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const onPath = (process.env.PATH ?? "")
    .split(path.delimiter)
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  const candidates = [...onPath, ...APPLICATIONS, chromium.executablePath()];
  return candidates.find((candidate) => candidate && existsSync(candidate) && works(candidate)) ?? null;
}

function attempt(command, args) {
  return spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], timeout: 600_000 }).status === 0;
}

function installWithApt() {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  if (!attempt("apt-get", ["update", "-qq"])) return;
  attempt("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"]);
}

/** Path of a Chromium that runs here; installs one if there is none. Throws one error that says what to do. */
export function ensureChromium(report = () => {}) {
  const found = installed();
  if (found) return found;
  report("Installing Chromium for the browser tests");
  installWithApt();
  const bySystem = installed();
  if (bySystem) return bySystem;
  attempt(process.execPath, [
    path.join(import.meta.dirname, "..", "node_modules", "playwright-core", "cli.js"),
    "install",
    "chromium",
  ]);
  const byPlaywright = installed();
  if (byPlaywright) return byPlaywright;
  throw new Error(
    "No Chromium was found, and none could be installed. Install one, or set CHROMIUM_PATH to it.",
  );
}
