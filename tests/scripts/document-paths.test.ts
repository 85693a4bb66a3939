import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..", "..");
const scripts = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).scripts;
const DOCUMENTS = ["README.md", "SECURITY.md", ...globSync("docs/**/*.md", { cwd: root })];

/** A path from the root: one of its folders, then anything up to a space, quote or sentence's end. */
const PATH = /(?<![\w./@-])(?:app|components|docs|lib|models|public|scripts|tests)\/[\w./[\]-]*[\w\]]/g;
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)/g;
const SCRIPT = /npm run ([\w:-]+)/g;

describe.each(DOCUMENTS)("%s", (file) => {
  const text = readFileSync(path.join(root, file), "utf8");

  test("names files and folders that exist", () => {
    const named = new Set(text.match(PATH));
    expect([...named].filter((name) => !existsSync(path.join(root, name)))).toEqual([]);
  });

  test("links to files that exist", () => {
    const linked = [...text.matchAll(LINK)].map(([, target = ""]) => target);
    expect(linked.filter((target) => !existsSync(path.join(root, path.dirname(file), target)))).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const named = [...text.matchAll(SCRIPT)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test.each(["lib", "components"])("the README's map names every room of %s", (top) => {
  const map = readFileSync(path.join(root, "README.md"), "utf8");
  expect(readdirSync(path.join(root, top)).filter((room) => !map.includes(`\`${top}/${room}\``))).toEqual([]);
});

test("the documents name more than a hundred paths", () => {
  const all = DOCUMENTS.flatMap((file) => readFileSync(path.join(root, file), "utf8").match(PATH) ?? []);
  expect(all.length).toBeGreaterThan(100);
});
