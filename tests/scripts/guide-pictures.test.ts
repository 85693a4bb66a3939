import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { PICTURE_MAX, PICTURES, PICTURES_FOLDER } from "@/scripts/guides/pictures";

const root = path.resolve(import.meta.dirname, "..", "..");
const DOCUMENTS = ["README.md", ...globSync("docs/**/*.md", { cwd: root })];
/** In Markdown, or as a tag if it has a width of its own. */
const IMAGES = [
  /!\[(?<words>[^\]]*)\]\((?<target>[^)\s]+)\)/g,
  /<img src="(?<target>[^"]+)" alt="(?<words>[^"]*)"/g,
];

/** Every picture that a document shows: its words for those who cannot see it, and its path from the root. */
function picturesOf(document: string): { words: string; file: string }[] {
  const text = readFileSync(path.join(root, document), "utf8");
  const found = IMAGES.flatMap((image) => [...text.matchAll(image)]);
  return found.map(({ groups }) => ({
    words: groups?.words ?? "",
    file: path.posix.join(path.posix.dirname(document), groups?.target ?? ""),
  }));
}

const SHOWN = DOCUMENTS.flatMap(picturesOf);
const MADE = Object.entries(PICTURES).map(([name, size]) => ({
  name,
  file: `${PICTURES_FOLDER}/${name}.png`,
  ...size,
}));

describe("the pictures of the guides", () => {
  test("are all made by the script", () => {
    const made = new Set(MADE.map(({ file }) => file));
    expect(SHOWN.map(({ file }) => file).filter((file) => !made.has(file))).toEqual([]);
  });

  test("have words for those who cannot see them", () => {
    expect(SHOWN.filter(({ words }) => words.trim() === "")).toEqual([]);
  });

  test("are the only ones in their folder", () => {
    const present = globSync(`${PICTURES_FOLDER}/*`, { cwd: root });
    expect(present.sort()).toEqual(MADE.map(({ file }) => file).sort());
  });
});

describe.each(MADE)("the picture $name", ({ file, width, height }) => {
  test("exists, is shown in a document, and is small", () => {
    expect(existsSync(path.join(root, file))).toBe(true);
    expect(SHOWN.map((shown) => shown.file)).toContain(file);
    expect(statSync(path.join(root, file)).size).toBeLessThanOrEqual(PICTURE_MAX);
  });

  test("has the size of its window", () => {
    // A PNG begins with 16 fixed bytes, then its width and its height.
    const png = readFileSync(path.join(root, file));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
  });
});
