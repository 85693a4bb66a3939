import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { Member } from "@/models/MemberModel";
import {
  PUBLIC_KEY_PEM,
  sessionClaims,
  sessionToken,
  strangersKey,
  type Claims,
} from "@/tests/support/clerk/clerk-tokens";
import { bearer, clerkIdentity, demoIdentity } from "@/tests/support/routes/identities";
import { ask, GUARDED_ROUTES, GUARDED_VERBS, READS, TEAM_ROUTES } from "@/tests/support/routes/team-routes";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1_000);

const asCookie = (token: string) => ({ cookie: `__session=${token}; __client_uat=${now() - 60}` });
const priya = (claims: Claims = {}) => sessionToken({ sub: "user_clerk_priya", ...claims });

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

describe.each(GUARDED_ROUTES)("$method $name", (route) => {
  test.each(NO_SESSION)("answers 401 to %s and does nothing", async (_, headers) => {
    const thread = await createThread();
    const answer = await ask(route, thread.id, headers());
    expect(answer).toMatchObject({
      status: 401,
      body: { error: "Sign in to continue.", reason: "unauthenticated" },
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test.each(FORBIDDEN)("answers 403 to %s and does nothing", async (_, headers) => {
    const thread = await createThread();
    const answer = await ask(route, thread.id, headers());
    expect(answer).toMatchObject({ status: 403, body: { error: expect.any(String), reason: "not_on_team" } });
    expect(Object.keys(answer.body ?? {})).toEqual(["error", "reason"]);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 1 });
  });
});

describe.each(TEAM_ROUTES)("$method $name", (route) => {
  test("lets the session cookie in as well as the bearer token", async () => {
    const thread = await createThread();
    expect((await ask(route, thread.id, asCookie(priya()))).status).toBe(200);
    expect((await ask(route, thread.id, bearer(priya()))).status).toBe(200);
  });

  test("answers nothing that a shared cache may keep", async () => {
    const thread = await createThread();
    for (const headers of [{}, bearer(priya())]) {
      const answer = await ask(route, thread.id, headers);
      expect(answer.headers.get("cache-control")).toMatch(/^private, no-store(, no-transform)?$/);
      expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe("a viewer", () => {
  const viewer = () => bearer(sessionToken({ sub: "user_viewer", metadata: { role: "viewer" } }));

  test.each(READS)("may look at $name", async (route) => {
    expect((await ask(route, (await createThread()).id, viewer())).status).toBe(200);
  });

  test.each(GUARDED_VERBS)("is refused $name with 403", async (route) => {
    const thread = await createThread();
    expect(await ask(route, thread.id, viewer())).toMatchObject({
      status: 403,
      body: { reason: "forbidden" },
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 1 });
  });
});

test("every route is either guarded like these or proves who is asking in its own way", () => {
  const files = Object.keys(import.meta.glob("/app/api/**/route.ts")).map((file) =>
    file.replace(/^\/app|\/route\.ts$/g, ""),
  );
  const own = [
    "/api/demo/session",
    "/api/demo/sign-out",
    "/api/emails/inbound",
    "/api/health/live",
    "/api/health/ready",
    "/api/internal/tick",
    "/api/metrics",
  ];
  const asPattern = (file: string) => new RegExp(`^${file.replace(/\[\w+\]/g, "[^/]+")}$`);
  const guarded = GUARDED_ROUTES.map(({ path }) => path("0".repeat(24)));
  const loose = files.filter(
    (file) => !own.includes(file) && !guarded.some((path) => asPattern(file).test(path)),
  );
  expect(loose).toEqual([]);
});
