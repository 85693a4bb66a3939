import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..", "..");
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), "utf8"));

type Manifest = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
type Lock = {
  lockfileVersion: number;
  packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
};
const manifest: Manifest = read("package.json");
const lock: Lock = read("package-lock.json");

/** The lowest version without a known vulnerability that affects us, and the advisories. Raise it with each new one. */
const MINIMUMS: Record<string, [version: string, advisories: string]> = {
  next: ["16.4.1", "CVE-2026-94482, CVE-2026-96889, GHSA-673q-mjm6-r5xr"],
  react: ["19.3.0", "CVE-2026-23870, by next 16.4"],
  "react-dom": ["19.3.0", "CVE-2026-23870, by next 16.4"],
  mongoose: ["9.9.2", "GHSA-pcrw-h46h-c93h"],
  mongodb: ["7.8.0", "CVE-2026-119179"],
  "@clerk/nextjs": ["7.2.1", "CVE-2026-41248, CVE-2026-42349"],
  "@clerk/backend": ["3.2.3", "CVE-2026-34076"],
  nodemailer: ["10.4.1", "CVE-2026-125755, CVE-2026-121425"],
  mailparser: ["3.9.3", "GHSA-7gmj-h9xc-mcxc"],
  "sanitize-html": ["2.17.7", "CVE-2026-44990"],
  zod: ["4.6.7", "GHSA-mrhx-c7xc-m3w5"],
  "rate-limiter-flexible": ["11.4.0", "the version that was reviewed"],
};

/** All versions of a package in the lockfile: the top one and those nested in other packages. */
function lockedVersions(name: string): string[] {
  const suffix = `node_modules/${name}`;
  return Object.entries(lock.packages)
    .filter(([place]) => place === suffix || place.endsWith(`/${suffix}`))
    .map(([, { version }]) => version ?? "");
}

function isAtLeast(version: string, minimum: string): boolean {
  const partsOf = (text: string) => text.split("-")[0]?.split(".").map(Number) ?? [];
  const parts = partsOf(version);
  for (const [index, least] of partsOf(minimum).entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return !version.includes("-"); // a pre-release is older than its release
}

describe("the lockfile", () => {
  test.each(Object.entries(MINIMUMS))("has no %s below %j, nested or not", (name, [minimum]) => {
    const versions = lockedVersions(name);
    expect(versions).not.toEqual([]);
    expect(versions.filter((version) => !isAtLeast(version, minimum))).toEqual([]);
  });

  test("has each package of package.json, by exact version", () => {
    const named = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, version] of Object.entries(named)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  test("has a hash for every package, and takes none from a repository or without TLS", () => {
    expect(lock.lockfileVersion).toBe(3);
    const foreign = Object.entries(lock.packages).filter(
      ([place, { resolved, integrity, link }]) =>
        place !== "" &&
        (link ||
          !integrity?.startsWith("sha512-") ||
          (resolved !== undefined && !/^https:\/\/[^@\s]+\.tgz$/.test(resolved))),
    );
    expect(foreign.map(([place]) => place)).toEqual([]);
  });
});

test.each([
  ["16.4.5", "16.4.1", true],
  ["16.4.0", "16.4.1", false],
  ["9.12.1", "9.9.2", true],
  ["8.99.99", "9.0.0", false],
  ["4.6.7-beta.1", "4.6.7", false],
])("%s is at least %s: %j", (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});
