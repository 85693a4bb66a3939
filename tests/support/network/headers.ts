import { expect } from "vitest";

/** Headers of every answer. */
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** Fails unless `response` has the headers of every answer, and none that allows other sites or names the server. */
export function expectClosed(response: Response): void {
  expect(Object.fromEntries(response.headers)).toMatchObject(ALWAYS);
  expect(response.headers.get("permissions-policy")).toContain("camera=()");
  expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(response.headers.get("x-powered-by")).toBeNull();
  expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
}

/** Tags of scripts and styles in `html` without the nonce of the answer's own policy. */
export function noncesMissingIn(html: string, { headers }: Response): string[] {
  const nonce = /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? "none";
  const tags = html.match(/<(script|style)\b[^>]*>/g) ?? [];
  expect(tags.length).toBeGreaterThan(5);
  return tags.filter((tag) => !tag.includes(`nonce="${nonce}"`));
}
