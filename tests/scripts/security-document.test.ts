import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..", "..");

test("SECURITY.md names files that are there", () => {
  const text = readFileSync(path.join(root, "SECURITY.md"), "utf8");
  const named = text.match(/\b(?:tests|lib|scripts|docs)\/[\w./-]*\w/g) ?? [];
  expect(named.length).toBeGreaterThan(40);
  expect([...new Set(named)].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
