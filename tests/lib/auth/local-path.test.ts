import { describe, expect, test } from "vitest";
import { HOME, safeLocalPath } from "@/lib/auth/local-path";

describe("safeLocalPath", () => {
  test.each([
    "/dashboard/tickets",
    "/reply/65f000000000000000000001",
    "/dashboard/tickets?status=open&assignee=me",
  ])("leads back to %s", (path) => expect(safeLocalPath(path)).toBe(path));

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
  ])("leads to the start page instead of %j", (path) => {
    expect(safeLocalPath(path)).toBe(HOME);
  });
});
