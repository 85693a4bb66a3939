import { NextRequest, type NextFetchEvent } from "next/server";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, signedByClerk } from "@/tests/support/clerk/clerk-tokens";
import { fromPeer } from "@/tests/support/routes/peer";
import { bearer, CLERK_ENV, clerkIdentity, setEnv } from "@/tests/support/routes/identities";

// Clerk reads its key and address from the environment when it is loaded, as in a process started with them.
const clerk = await startClerkApi();
clerkIdentity.use();
setEnv({ CLERK_API_URL: clerk.url });
const { default: proxy } = await import("@/proxy");

const event = { waitUntil() {} } as unknown as NextFetchEvent;
const TURNS = 40;
/** 3,000 pages of an address in a minute, and 12 renewals instead of 120. */
const FACTOR = "0.1";

beforeEach(() => {
  clerkIdentity.use();
  setEnv({ RATE_LIMIT_FACTOR: FACTOR, CLERK_JWT_KEY: CLERK_ENV.CLERK_JWT_KEY });
  clerk.requests.length = 0;
});
afterAll(async () => {
  setEnv({ RATE_LIMIT_FACTOR: "1000" });
  await clerk.close();
});

let networks = 0;
/** The same page for the same visitor many times, each time with what `headers` says; answers the statuses. */
async function visits(path: string, headers: (turn: number) => Record<string, string>): Promise<Set<number>> {
  const peer = fromPeer(`198.51.100.${(networks += 1)}`);
  const statuses = new Set<number>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    const request = new NextRequest(`http://localhost:3000${path}`, {
      headers: { host: "localhost:3000", accept: "text/html", ...peer, ...headers(turn) },
    });
    statuses.add((await proxy(request, event))?.status ?? 0);
  }
  return statuses;
}

const expired = () => {
  const now = Math.floor(Date.now() / 1_000);
  return sessionToken({ iat: now - 900, nbf: now - 900, exp: now - 800 });
};
/** A cookie's name with the suffix that Clerk makes of its publishable key. */
async function suffixed(name: string): Promise<string> {
  const bytes = new TextEncoder().encode(CLERK_ENV.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY);
  const hash = Buffer.from(await crypto.subtle.digest("SHA-1", bytes)).toString("base64url");
  return `${name}_${hash.slice(0, 8)}`;
}

/** Has Clerk's package complain to nobody, and answers how often it did. */
function complaints(): () => number {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  return () => spy.mock.calls.length;
}

test("tokens of unknown keys make one call to Clerk if there is no CLERK_JWT_KEY", async () => {
  setEnv({ CLERK_JWT_KEY: undefined });
  const unknown = (turn: number) => sessionToken({}, { header: { kid: `ins_${turn}` } });
  await visits("/sign-in", (turn) => bearer(unknown(turn)));
  await visits("/sign-in", (turn) => ({ cookie: `__session=${unknown(turn)}; __client_uat=1` }));
  const complained = complaints();
  await visits("/sign-in", (turn) => {
    const handshake = signedByClerk({ handshake: [] }, { header: { kid: `ins_h${turn}` } });
    return { cookie: `__clerk_handshake=${handshake}` };
  });
  expect(complained()).toBeLessThanOrEqual(12);
  expect(clerk.requests.filter((request) => request !== "GET /v1/jwks")).toEqual([]);
  expect(clerk.requests.length).toBeLessThanOrEqual(1);
});

test.each(["mt_x", "ak_x", "oat_x"])("a machine's token such as %s makes none", async (token) => {
  await visits("/sign-in", () => bearer(token));
  await visits("/sign-in", () => ({ authorization: token }));
  expect(clerk.requests).toEqual([]);
});

test("a made-up handshake is counted before Clerk is asked what it means", async () => {
  complaints();
  const inAddress = await visits("/sign-in?__clerk_handshake_nonce=made-up", () => ({}));
  const inCookie = await visits("/sign-in", () => ({ cookie: "__clerk_handshake_nonce=made-up" }));
  for (const statuses of [inAddress, inCookie]) expect(statuses).toContain(429);
  expect(clerk.requests.length).toBeGreaterThan(0);
  expect(clerk.requests.length).toBeLessThanOrEqual(2 * 12);
});

test("a session that ran out is counted before Clerk is asked to renew it", async () => {
  const refresh = `${await suffixed("__refresh")}=made-up`;
  const inCookie = `__session=${expired()}; ${await suffixed("__session")}=${expired()}; __client_uat=1`;
  const ofCookie = await visits("/sign-in", () => ({ cookie: `${inCookie}; ${refresh}` }));
  const ofHeader = await visits("/sign-in", () => ({ ...bearer(expired()), cookie: refresh }));
  for (const statuses of [ofCookie, ofHeader]) expect(statuses).toContain(429);
  expect(clerk.requests.length).toBeGreaterThan(0);
  expect(clerk.requests.length).toBeLessThanOrEqual(2 * 12);
});

test("a member whose session is good reads as many pages as before", async () => {
  const token = sessionToken();
  const cookie = `__session=${token}; __client_uat=1; ${await suffixed("__refresh")}=theirs`;
  expect(await visits("/sign-in", () => ({ cookie }))).toEqual(new Set([200]));
  expect(clerk.requests).toEqual([]);
});
