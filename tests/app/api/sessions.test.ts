import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { TeamRoute } from "@/lib/auth/access";
import { Member } from "@/models/MemberModel";
import {
  PUBLIC_KEY_PEM,
  sessionClaims,
  sessionToken,
  strangersKey,
  type Claims,
} from "@/tests/support/clerk/clerk-tokens";
import { bearer, clerkIdentity, demoIdentity } from "@/tests/support/routes/identities";
import { callerOf, MISSING, rightStatuses, send } from "@/tests/support/routes/route-shapes";
import { TEAM_ROUTES } from "@/tests/support/routes/route-table";
import { wholeTicket } from "@/tests/support/routes/whole-ticket";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1_000);

const asCookie = (token: string) => ({ cookie: `__session=${token}; __client_uat=${now() - 60}` });
const priya = (claims: Claims = {}) => sessionToken({ sub: "user_clerk_priya", ...claims });
const tokenFor = (key: TeamRoute) =>
  callerOf(key) === "maya"
    ? sessionToken({ sub: "user_clerk_maya", email: "maya@team.example", metadata: { role: "admin" } })
    : priya();

function withPublicKeyAsSecret(): string {
  const signed = `${part({ alg: "HS256", typ: "JWT", cat: "cl_B7d4PD111AAA" })}.${part(sessionClaims())}`;
  return `${signed}.${createHmac("sha256", PUBLIC_KEY_PEM).update(signed).digest("base64url")}`;
}

function tampered(): string {
  const [head, , signature] = priya().split(".");
  return `${head}.${part(sessionClaims({ sub: "user_clerk_maya", metadata: { role: "admin" } }))}.${signature}`;
}

const NO_SESSION: [string, () => Record<string, string>][] = [
  ["no session", () => ({})],
  ["an empty bearer token", () => ({ authorization: "Bearer " })],
  ["a token that is none", () => bearer("garbage")],
  ["an expired session", () => bearer(priya({ iat: now() - 200, nbf: now() - 200, exp: now() - 100 }))],
  [
    "an expired session in the cookie",
    () => asCookie(priya({ iat: now() - 200, nbf: now() - 200, exp: now() - 100 })),
  ],
  ["a session that begins later", () => bearer(priya({ nbf: now() + 600 }))],
  ["a token of another key", () => bearer(sessionToken({}, { key: strangersKey() }))],
  ["a token of another key in the cookie", () => asCookie(sessionToken({}, { key: strangersKey() }))],
  ["a token issued to another application", () => bearer(priya({ azp: "https://other.example" }))],
  [
    "a token issued to another application in the cookie",
    () => asCookie(priya({ azp: "https://other.example" })),
  ],
  ["changed claims under an old signature", () => bearer(tampered())],
  ["an unsigned token", () => bearer(`${part({ alg: "none", typ: "JWT" })}.${part(sessionClaims())}.`)],
  ["a token signed with the public key as a secret", () => bearer(withPublicKeyAsSecret())],
  ["a token of another kind", () => bearer(sessionToken({}, { header: { cat: "cl_other" } }))],
  ["a pending session", () => bearer(priya({ sts: "pending" }))],
  [
    "a session cookie from before the last sign-out",
    () => ({ cookie: `__session=${priya()}; __client_uat=${now() + 5}` }),
  ],
  ["a session cookie without its companion", () => ({ cookie: `__session=${priya()}` })],
  ["a session cookie that is none", () => ({ cookie: "__session=a.b.c; __client_uat=x" })],
  [
    "a session cookie of odd bytes",
    () => ({ cookie: "__session=%ff%00; __client_uat=99999999999999999999" }),
  ],
  ["a made-up handshake", () => ({ cookie: `__clerk_handshake=${priya()}; __clerk_handshake_nonce=x` })],
  ["a demo cookie", () => demoIdentity.headersOf("maya")],
  [
    "a made-up result of the proxy",
    () => ({ "x-clerk-auth-status": "signed-in", "x-clerk-auth-token": "made.up.token" }),
  ],
  ["a header that hides the proxy", () => ({ "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" })],
];

const FORBIDDEN: [string, () => Record<string, string>][] = [
  ["another mail domain", () => bearer(priya({ sub: "user_stranger", email: "eve@evil.example" }))],
  [
    "a domain that only ends like ours",
    () => bearer(priya({ sub: "user_stranger", email: "eve@evilteam.example" })),
  ],
  ["a removed member", () => bearer(priya({ sub: "user_removed" }))],
];

beforeAll(async () => {
  clerkIdentity.use();
  await Member.findByIdAndUpdate(
    "user_removed",
    {
      email: "gone@team.example",
      name: "Gone",
      role: "member",
      lastSeenAt: new Date(),
      removedAt: new Date(),
    },
    { upsert: true },
  );
});

describe.each(TEAM_ROUTES)("%s", (key) => {
  test.each(NO_SESSION)("answers 401 to %s and does nothing", async (_, headers) => {
    const thread = await createThread();
    const answer = await send(key, headers(), { ...MISSING, threadId: thread.id });
    expect(answer).toMatchObject({
      status: 401,
      body: { error: "Sign in to continue.", reason: "unauthenticated" },
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test.each(FORBIDDEN)("answers 403 to %s and does nothing", async (_, headers) => {
    const thread = await createThread();
    const answer = await send(key, headers(), { ...MISSING, threadId: thread.id });
    expect(answer).toMatchObject({ status: 403, body: { error: expect.any(String), reason: "not_on_team" } });
    expect(Object.keys(answer.body ?? {})).toEqual(["error", "reason"]);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test("lets the session cookie in as well as the bearer token", async () => {
    for (const headers of [asCookie(tokenFor(key)), bearer(tokenFor(key))]) {
      const { status } = await send(key, headers, await wholeTicket(clerkIdentity.team.priya));
      expect(rightStatuses(key)).toContain(status);
    }
  });

  test("answers nothing that a shared cache may keep", async () => {
    const own = await wholeTicket(clerkIdentity.team.priya);
    for (const headers of [{}, bearer(tokenFor(key))]) {
      const answer = await send(key, headers, own);
      expect(answer.headers.get("cache-control")).toMatch(/^private, no-store(, no-transform)?$/);
      expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
