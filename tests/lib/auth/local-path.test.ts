import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOME, safeLocalPath } from "@/lib/auth/local-path";

describe("safeLocalPath", () => {
  test.each([
    "/dashboard/tickets",
    "/reply/65f000000000000000000001",
    "/dashboard/tickets?status=open&assignee=me",
  ])("returns to %s", (path) => expect(safeLocalPath(path)).toBe(path));

  test.each([
    undefined,
    null,
    "",
    "dashboard",
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    " /dashboard",
    "javascript:alert(1)",
    "/api/team",
    "/api",
    "/sign-in?next=/sign-in",
    "/x/../api/team",
    "/_next/static/x",
    `/${"a".repeat(3_000)}`,
  ])("goes to the start page instead of %j", (path) => {
    expect(safeLocalPath(path)).toBe(HOME);
  });

  test("stays on this site for any generated link", () => {
    const odd = [
      "/",
      "\\",
      ".",
      "..",
      "@",
      ":",
      "?",
      "#",
      "%2f",
      "%5c",
      "%00",
      "\t",
      "\n",
      "\u2044",
      "\uff0f",
      " ",
    ];
    const words = [
      "evil.example",
      "https:",
      "javascript:",
      "data:",
      "api",
      "sign-in",
      "_next",
      "localhost:3000",
    ];
    const part = fc.oneof(fc.constantFrom(...odd, ...words), fc.string({ maxLength: 4, unit: "binary" }));
    const link = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.oneof(
          link,
          link.map((rest) => `/${rest}`),
          fc.webUrl(),
        ),
        (path) => {
          const safe = safeLocalPath(path);
          // As a browser resolves it in a Location header.
          const target = new URL(safe, "https://desk.example/api/demo/session");
          expect(target.origin).toBe("https://desk.example");
          expect(target.pathname).not.toMatch(/^\/(api|sign-in|_next)(\/|$)/);
          expect(safe).toMatch(/^\/(?!\/)[\x21-\x7e]*$/);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
