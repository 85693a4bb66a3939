import { readFile } from "node:fs/promises";
import { METHODS } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import { demoCookie } from "../support/demo-sign-in";

const { url } = inject("app");
const ID = "0".repeat(24);

/** What every answer says, whatever it is. */
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

type Asked = [path: string, init?: RequestInit & { isSignedIn?: boolean }];

async function ask(path: string, { isSignedIn = false, ...init }: Asked[1] = {}): Promise<Response> {
  const cookie: Record<string, string> = isSignedIn ? { cookie: await demoCookie("user_demo_priya") } : {};
  const headers = { ...cookie, ...(init.headers as Record<string, string> | undefined) };
  return fetch(`${url}${path}`, { redirect: "manual", ...init, headers });
}

function expectClosed(response: Response): void {
  expect(Object.fromEntries(response.headers)).toMatchObject(ALWAYS);
  expect(response.headers.get("permissions-policy")).toContain("camera=()");
  expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(response.headers.get("x-powered-by")).toBeNull();
  expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
}

const PAGES: Asked[] = [
  ["/sign-in"],
  ["/", { isSignedIn: true }],
  ["/dashboard/tickets"],
  ["/dashboard/tickets", { isSignedIn: true }],
  ["/dashboard/tickets/mine", { isSignedIn: true }],
  ["/dashboard/tickets/unassigned", { isSignedIn: true }],
  [`/dashboard/tickets/${ID}`, { isSignedIn: true }],
  [`/reply/${ID}`, { isSignedIn: true }],
  ["/not-on-team", { isSignedIn: true }],
  ["/no/such/page"],
  ["/no-such-file.png"],
  ["/dashboard/tickets?_rsc=1", { isSignedIn: true, headers: { RSC: "1" } }],
  ["/dashboard/tickets", { isSignedIn: true, headers: { RSC: "1" }, redirect: "follow" }],
  ["/dashboard/tickets", { isSignedIn: true, headers: { RSC: "1", "Next-Router-Prefetch": "1" } }],
];

describe("a page", () => {
  test.each(PAGES)("%s %j says what it may load, and that nobody keeps it", async (path, init) => {
    const response = await ask(path, init);
    expectClosed(response);
    expect(response.headers.get("cache-control")).toContain("no-store");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic'(;|$)/);
    expect(policy).toMatch(/style-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'(;|$)/);
    for (const part of ["object-src 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"]) {
      expect(policy.split("; ")).toContain(part);
    }
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("upgrade-insecure-requests");
  });

  test("has no inline script or style without the nonce of its own answer", async () => {
    const response = await ask("/dashboard/tickets", { isSignedIn: true });
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1] ?? "";
    const html = await response.text();
    const tags = html.match(/<(script|style)\b[^>]*>/g) ?? [];
    expect(tags.length).toBeGreaterThan(5);
    expect(tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
    expect(html).not.toMatch(/<[^>]+\s(style|on[a-z]+)=/);
  });

  test("has another nonce each of 200 times", async () => {
    const nonces = await Promise.all(
      Array.from({ length: 200 }, async () => (await ask("/sign-in")).headers.get("content-security-policy")),
    );
    expect(new Set(nonces).size).toBe(200);
  });
});

const CLOSED: Asked[] = [
  ["/api/emails/tickets", { isSignedIn: true }],
  ["/api/emails/tickets"],
  ["/api/health/live"],
  ["/api/emails/claim"],
  ["/api/emails/claim", { method: "POST", body: "{", headers: { "content-type": "application/json" } }],
  ["/api/emails/tickets/none", { isSignedIn: true }],
  [`/api/emails/tickets/${ID}`, { isSignedIn: true }],
  ["/api/metrics"],
  ["/api/emails/claim", { method: "OPTIONS" }],
  ["/_next/static/chunks/none.js"],
  ["/_next/image?url=/icon.svg&w=64&q=75"],
  ["/icon.svg"],
  ["/%E0%A4%A"],
  ["//evil.example/dashboard"],
  ["/dashboard/tickets", { method: "POST" }],
  ["/dashboard/tickets", { method: "PROPFIND" }],
];

describe("an answer that is no page", () => {
  test.each(CLOSED)("%s %j carries the headers as well", async (path, init) => {
    const response = await ask(path, init);
    expectClosed(response);
    await response.body?.cancel();
  });

  test.each(CLOSED.filter(([path]) => path.startsWith("/api/")))(
    "%s %j runs nothing and is kept nowhere",
    async (path, init) => {
      const response = await ask(path, init);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(response.headers.get("cache-control")).toBe("private, no-store");
    },
  );

  test("every script and style of a page carries them, and may be kept for good", async () => {
    const html = await (await ask("/sign-in")).text();
    const files = [...html.matchAll(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g)].map(([file]) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of new Set(files)) {
      const response = await ask(file);
      expect(response.status).toBe(200);
      expectClosed(response);
      expect(response.headers.get("cache-control")).toContain("immutable");
      await response.body?.cancel();
    }
  });

  test.each([
    ["is no HTTP", "GET / HTTP/9\r\n\r\n", "400"],
    ["repeats what it got", "TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n", "405"],
    ["has endless headers", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, "431"],
  ])("what %s is refused with them", async (_, request, status) => {
    const answer = await raw(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
    expect(answer.toLowerCase()).toContain("frame-ancestors 'none'");
    expect(answer).not.toContain("a=b");
  });
});

test("a method the desk has no use for is refused before anything looks at the request", async () => {
  const used = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  // CONNECT asks for a tunnel and is cut off without an answer.
  for (const method of METHODS.filter((name) => !used.includes(name) && name !== "CONNECT")) {
    const answer = await raw(
      `${method} /api/emails/claim HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(answer, method).toMatch(/^HTTP\/1.1 405 /);
  }
});

test("the build has no server action of ours, which would be a door of its own", async () => {
  const manifest = path.resolve(".next", "server", "server-reference-manifest.json");
  const { node, edge } = JSON.parse(await readFile(manifest, "utf8"));
  expect(edge).toEqual({});
  // Clerk's package brings two: one clears a cookie that never was, one is for development without keys.
  const names = Object.values(node as Record<string, { exportedName: string; filename: string }>);
  const ours = names.filter(({ filename }) => !filename.startsWith("node_modules/@clerk/nextjs/"));
  expect(ours).toEqual([]);
  expect(names.map(({ exportedName }) => exportedName).sort()).toEqual([
    ...["deleteKeylessAction", "invalidateCacheAction"],
  ]);
});

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "localhost", () => socket.write(request));
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}
