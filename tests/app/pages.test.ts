import { describe, expect, test } from "vitest";
import { PAGES } from "@/lib/auth/access";

const sources = import.meta.glob<string>("/app/**/page.tsx", {
  eager: true,
  query: "?raw",
  import: "default",
});

/** "/app/sign-in/[[...sign-in]]/page.tsx" is the page "/sign-in". */
const FOUND = Object.entries(sources).map(([file, source]) => ({
  page: file.replace(/^\/app|\/page\.tsx$/g, "").replace(/\/\[\[\.\.\.[^\]]+\]\]$/, "") || "/",
  source,
}));

test("the table names every page there is, and none that is not", () => {
  expect(FOUND.map(({ page }) => page).sort()).toEqual(Object.keys(PAGES).sort());
});

// A page whose layout guards it and which shows nothing of its own.
const REDIRECTS = ["/dashboard"];
const guarded = FOUND.filter(
  ({ page }) => PAGES[page as keyof typeof PAGES] !== "public" && !REDIRECTS.includes(page),
);

describe.each(guarded)("$page", ({ page, source }) => {
  test("asks who is there itself, by its own entry, before it reads anything", () => {
    const guard = `requireMember("${page}")`;
    const reads = [...source.matchAll(/await (?!requireMember\()\w+\(|await \(?params|await connectDb/g)];
    // Metadata is a function of its own beside the page, and has to ask as well.
    const parts = source.split(/^(?:export )?(?:default )?async function /m).slice(1);
    for (const part of parts.filter((body) => /await /.test(body))) {
      expect(part).toContain(guard);
      expect(part.indexOf(guard)).toBeLessThan(part.search(/await (?!requireMember\()/));
    }
    expect(reads.length).toBeGreaterThan(0);
  });
});
