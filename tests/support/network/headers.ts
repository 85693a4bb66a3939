import { expect } from "vitest";

/** What every answer says, whatever it is. */
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** Fails unless `response` has the headers of every answer, and none that opens it or names what made it. */
export function expectClosed(response: Response): void {
  expect(Object.fromEntries(response.headers)).toMatchObject(ALWAYS);
  expect(response.headers.get("permissions-policy")).toContain("camera=()");
  expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(response.headers.get("x-powered-by")).toBeNull();
  expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
}

/** The scripts and styles in a page's `html` that do not name the nonce of its own answer's policy. */
export function noncesMissingIn(html: string, { headers }: Response): string[] {
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "none";
  const tags = html.match(/<(script|style)\b[^>]*>/g) ?? [];
  expect(tags.length).toBeGreaterThan(5);
  return tags.filter((tag) => !tag.includes(`nonce="${nonce}"`));
}
