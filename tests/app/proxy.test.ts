import { readdirSync } from "node:fs";
import { NextRequest, type NextFetchEvent } from "next/server";
import { beforeAll, describe, expect, test } from "vitest";
import { PAGE_PATH_HEADER } from "@/lib/auth/local-path";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { fromPeer } from "@/tests/support/routes/peer";
import { bearer, clerkIdentity, demoIdentity, setEnv } from "@/tests/support/routes/identities";

// Clerk reads its secret key from the environment when it is loaded, as in a process started with it.
clerkIdentity.use();
const { default: proxy, config } = await import("@/proxy");

// Next's own event; no test waits for it.
const event = { waitUntil() {} } as unknown as NextFetchEvent;

async function visit(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const request = new NextRequest(`http://localhost:3000${path}`, {
    headers: { host: "localhost:3000", ...fromPeer("127.0.0.1"), ...headers },
  });
  const response = await proxy(request, event);
  if (!response) throw new Error("the proxy gave no answer");
  return response;
}

/** A request header as the proxy passes it on to the page. */
const passedOn = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);
const NAVIGATION = { accept: "text/html", "sec-fetch-dest": "document" };

describe("the matcher", () => {
  const [matcher = ""] = config.matcher;
  const isMatched = (path: string) => new RegExp(`^${matcher}$`).test(path);

  test.each([
    "/",
    "/sign-in",
    "/dashboard/tickets",
    "/reply/65f000000000000000000001",
    "/not-on-team",
    "/apiary",
    "/no-such-file.png",
  ])("includes %s", (path) => expect(isMatched(path)).toBe(true));
  test.each([
    ...["/api/emails/claim", "/api/emails/inbound", "/_next/static/chunks/x.js"],
    ...readdirSync("public").map((file) => `/${file}`),
  ])("leaves out %s", (path) => expect(isMatched(path)).toBe(false));
});

/** One directive of a page's policy, which its request must carry as well. */
async function policyPart(name: string): Promise<string[]> {
  const response = await visit("/dashboard/tickets");
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(passedOn(response, "content-security-policy")).toBe(policy);
  const nonce = passedOn(response, "x-nonce") ?? "none";
  const part = policy.split("; ").find((directive) => directive.startsWith(`${name} `));
  return part?.replaceAll(nonce, "NONCE").split(" ").slice(1) ?? [];
}

describe("in the demo", () => {
  beforeAll(demoIdentity.use);

  test("answers 429 with a retry-after to an address that asks for more pages than people read", async () => {
    setEnv({ RATE_LIMIT_FACTOR: "0.001" }); // three in a minute instead of 3,000
    try {
      const from = fromPeer("127.0.0.66");
      const answers = [];
      for (let turn = 0; turn < 4; turn += 1) answers.push(await visit("/dashboard/tickets", from));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
      expect(Number(answers[3]?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await answers[3]?.text()).toMatch(/Try again in \d+ s\.$/);
      expect((await visit("/dashboard/tickets", fromPeer("127.0.0.67"))).status).toBe(200);
    } finally {
      setEnv({ RATE_LIMIT_FACTOR: "1000" });
    }
  });

  test("gives a page its own address, whatever the visitor's header says", async () => {
    const response = await visit("/reply/1?from=card", { [PAGE_PATH_HEADER]: "/elsewhere" });
    expect(passedOn(response, PAGE_PATH_HEADER)).toBe("/reply/1?from=card");
    expect(response.headers.get("x-identity-mode")).toBe("demo");
  });

  test.each(["POST", "PUT", "DELETE", "PATCH"])("refuses %s to a page", async (method) => {
    const sent = { method, headers: { host: "localhost:3000", "next-action": "0".repeat(42) } };
    const response = await proxy(new NextRequest("http://localhost:3000/dashboard/tickets", sent), event);
    expect(response?.status).toBe(405);
  });

  test("counts what it refuses, by address", async () => {
    setEnv({ RATE_LIMIT_FACTOR: "0.005" }); // three in a minute instead of 600
    try {
      const headers = { host: "localhost:3000", "next-action": "x", ...fromPeer("192.0.2.68") };
      const statuses = [];
      for (let turn = 0; turn < 4; turn += 1) {
        const request = new NextRequest("http://localhost:3000/none", { method: "POST", headers });
        statuses.push((await proxy(request, event))?.status);
      }
      expect(statuses).toEqual([405, 405, 405, 429]);
    } finally {
      setEnv({ RATE_LIMIT_FACTOR: "1000" });
    }
  });

  test("lets a page load from this site only", async () => {
    expect(await policyPart("script-src")).toEqual(["'self'", "'nonce-NONCE'", "'strict-dynamic'"]);
    expect(await policyPart("connect-src")).toEqual(["'self'"]);
    expect(await policyPart("frame-src")).toEqual(["'self'"]);
    expect(await policyPart("img-src")).toEqual(["'self'", "data:", "blob:"]);
  });

  test("replaces a policy and nonce that the visitor sends", async () => {
    const response = await visit("/sign-in", {
      "content-security-policy": "script-src *",
      "x-nonce": "known",
    });
    expect(response.headers.get("content-security-policy")).not.toContain("*");
    expect(passedOn(response, "x-nonce")).not.toBe("known");
  });

  test.each<[string, Record<string, string>]>([
    ["another machine", fromPeer("192.0.2.7")],
    ["another machine that calls itself this one", { "x-desk-peer": "127.0.0.1" }],
    ["another machine behind a proxy here", { "x-forwarded-for": "192.0.2.7" }],
  ])("answers no page to %s, whatever name it asks for", async (_, headers) => {
    const response = await visit("/sign-in", headers);
    expect(response.status).toBe(503);
    expect(response.headers.get("x-middleware-next")).toBeNull();
  });

  test("answers no page under a name that other machines can reach", async () => {
    const response = await visit("/sign-in", { host: "desk.example" });
    expect(response.status).toBe(503);
    expect(response.headers.get("x-middleware-next")).toBeNull();
  });
});

describe("with Clerk", () => {
  beforeAll(clerkIdentity.use);

  test.each([
    ["/sign-in", true],
    ["/sign-in/factor-one", true],
    ["/dashboard/tickets/65f000000000000000000001", true],
    ["/none", false],
    ["/dashboard/none", false],
    ["/dashboard/tickets/65f000000000000000000001/none", false],
    ["/apiary", false],
  ])("passes on an action to %s: %s", async (path, isPassedOn) => {
    const headers = { host: "localhost:3000", "next-action": "x" };
    const response = await proxy(
      new NextRequest(`http://localhost:3000${path}`, { method: "POST", headers }),
      event,
    );
    expect(response?.status).toBe(isPassedOn ? 200 : 405);
  });

  test("passes on a verified session and the page's address", async () => {
    const token = sessionToken();
    const response = await visit("/dashboard/tickets?status=open", { ...NAVIGATION, ...bearer(token) });
    expect(passedOn(response, "x-clerk-auth-status")).toBe("signed-in");
    expect(passedOn(response, "x-clerk-auth-token")).toBe(token);
    expect(passedOn(response, PAGE_PATH_HEADER)).toBe("/dashboard/tickets?status=open");
  });

  test.each([
    ["no session", {}],
    ["one issued to another application", bearer(sessionToken({ azp: "https://other.example" }))],
    [
      "one claimed in the proxy's own headers",
      { "x-clerk-auth-status": "signed-in", "x-clerk-auth-token": sessionToken() },
    ],
  ])("passes on no session to a visitor with %s", async (_, headers) => {
    const response = await visit("/dashboard/tickets", headers);
    expect(passedOn(response, "x-clerk-auth-status")).toBe("signed-out");
    expect(passedOn(response, "x-clerk-auth-token")).toBeFalsy();
  });

  test("sends a browser with an expired session to the Clerk host of its run-time key", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const expired = sessionToken({ iat: now - 200, nbf: now - 200, exp: now - 100 });
    const response = await visit("/dashboard/tickets", {
      ...NAVIGATION,
      cookie: `__session=${expired}; __client_uat=${now - 300}`,
    });
    expect(response.status).toBe(307);
    expect(new URL(response.headers.get("location") ?? "").host).toBe("clerk.desk.example");
  });

  test("lets a page load what sign-in needs from the Clerk host of its run-time key", async () => {
    expect(await policyPart("script-src")).toEqual([
      ...["'self'", "'nonce-NONCE'", "'strict-dynamic'"],
      ...["https://clerk.desk.example", "https://challenges.cloudflare.com"],
    ]);
    expect(await policyPart("connect-src")).toEqual(["'self'", "https://clerk.desk.example"]);
    expect(await policyPart("img-src")).toContain("https://img.clerk.com");
    expect(await policyPart("worker-src")).toEqual(["'self'", "blob:"]);
    expect(await policyPart("style-src")).toEqual(["'self'", "'nonce-NONCE'"]);
  });

  test("upgrades insecure requests on an https site", async () => {
    const isUpgraded = async () =>
      (await visit("/sign-in")).headers.get("content-security-policy")?.includes("upgrade-insecure-requests");
    expect(await isUpgraded()).toBe(false);
    setEnv({ APP_URL: "https://desk.example" });
    try {
      expect(await isUpgraded()).toBe(true);
    } finally {
      setEnv({ APP_URL: "http://localhost:3000" });
    }
  });

  test("works with another instance's keys without another build", async () => {
    setEnv({
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_test_${Buffer.from("other.clerk.example$").toString("base64")}`,
      CLERK_SECRET_KEY: "sk_test_of_the_tests",
    });
    const response = await visit("/dashboard/tickets", NAVIGATION);
    expect(new URL(response.headers.get("location") ?? "").host).toBe("other.clerk.example");
  });
});
