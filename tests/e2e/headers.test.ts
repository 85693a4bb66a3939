import { readFile } from "node:fs/promises";
import { METHODS } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { describe, expect, inject, test } from "vitest";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { expectClosed, noncesMissingIn } from "@/tests/support/network/headers";

const { url } = inject("app");
const ID = "0".repeat(24);

type Asked = [path: string, init?: RequestInit & { isSignedIn?: boolean }];

async function ask(path: string, { isSignedIn = false, ...init }: Asked[1] = {}): Promise<Response> {
  const cookie: Record<string, string> = isSignedIn ? { cookie: await demoCookie("user_demo_priya") } : {};
  const headers = { ...cookie, ...(init.headers as Record<string, string> | undefined) };
  return fetch(`${url}${path}`, { redirect: "manual", ...init, headers });
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
    const html = await response.text();
    expect(noncesMissingIn(html, response)).toEqual([]);
    expect(html).not.toMatch(/<[^>]+\s(style|on[a-z]+)=/);
  });

  test("has another nonce each of 200 times", async () => {
    const nonces = await Promise.all(
      Array.from({ length: 200 }, async () => (await ask("/sign-in")).headers.get("content-security-policy")),
    );
    expect(new Set(nonces).size).toBe(200);
  });
});

const TYPES: Record<string, string> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/",
  ".webmanifest": "application/manifest+json",
};
const LAST = "Connection: close\r\n";
const TWO_LENGTHS = "Content-Length: 1\r\nContent-Length: 2";

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
  ["/_next/static/%2e%2e/none.css"],
  ["/_next/data/x/y.json"],
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

  test("every icon and the manifest come to anybody, each as its own type", async () => {
    const html = await (await ask("/sign-in")).text();
    const links = html.matchAll(/<link rel="(?:manifest|icon|apple-touch-icon)" href="([^"]+)"/g);
    const linked = [...links].map(([, href = ""]) => href);
    expect(linked.sort()).toEqual(["/apple-touch-icon.png", "/icon.svg", "/manifest.webmanifest"]);
    const manifest = await (await ask("/manifest.webmanifest")).json();
    const icons = (manifest.icons as { src: string }[]).map(({ src }) => src);
    // Browsers ask for favicon.ico by themselves while a page's head is still on its way.
    for (const file of new Set([...linked, ...icons, "/favicon.ico"])) {
      const response = await ask(file);
      expect(response.status, file).toBe(200);
      expectClosed(response);
      expect(response.headers.get("content-type"), file).toContain(TYPES[path.extname(file)]);
      await response.body?.cancel();
    }
  });

  test.each([
    ["is no HTTP", "GET / HTTP/9\r\n\r\n", "400"],
    ["names no host", "GET / HTTP/1.1\r\n\r\n", "400"],
    [
      "expects what nobody promised",
      `GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n${LAST}\r\n`,
      "417",
    ],
    ["says two lengths", `POST / HTTP/1.1\r\nHost: localhost\r\n${TWO_LENGTHS}\r\n\r\nx`, "400"],
    ["is no address", "GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"],
    ["has no path", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"],
    ["has half an address", "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"],
    ["has no text for an id", "GET /api/emails/tickets/%E0%A4%A HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"],
    ["has an endless address", `GET /${"x".repeat(9_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, "414"],
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

test.each([
  ["a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n"],
  [
    "another protocol",
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ],
])("who asks for %s is cut off without a word", async (_, request) => {
  expect(await raw(request)).toBe("");
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
  // Clerk's package brings one, which clears a cookie that never was.
  const names = Object.values(node as Record<string, { exportedName: string; filename: string }>);
  const ours = names.filter(({ filename }) => !filename.startsWith("node_modules/@clerk/nextjs/"));
  expect(ours).toEqual([]);
  expect(names.map(({ exportedName }) => exportedName)).toEqual(["invalidateCacheAction"]);
});

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "localhost", () => socket.write(request));
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}
