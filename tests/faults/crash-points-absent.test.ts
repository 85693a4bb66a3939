import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { CRASH_BUILD } from "@/scripts/build.mjs";
import { CRASH_POINTS } from "./crash-points";

const root = path.resolve(import.meta.dirname, "..", "..");
const SIGNS = [...CRASH_POINTS, "CRASH_AT", "CRASH_POINTS"];

/** Which of the signs stand in any file that a server of this build could load or serve. */
function signsIn(folder: string): string[] {
  const found = new Set<string>();
  for (const part of ["server", "static", "worker"]) {
    const at = path.join(root, folder, part);
    for (const file of readdirSync(at, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = readFileSync(path.join(file.parentPath, file.name));
      for (const sign of SIGNS) if (bytes.includes(sign)) found.add(sign);
    }
  }
  return SIGNS.filter((sign) => found.has(sign));
}

describe("crash points", () => {
  test("are not in the build that ships, not even by name", () => {
    expect(signsIn(".next")).toEqual([]);
  });

  test("are all in the build that tests kill", () => {
    const expected = [...CRASH_POINTS, "CRASH_AT"];
    expect(signsIn(CRASH_BUILD.CLAIMDESK_DIST)).toEqual(expect.arrayContaining(expected));
  });
});
