import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRole, ROUTES } from "@/lib/auth/access";
import { ROLES, type Role } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, strangersKey, type Claims } from "@/tests/support/clerk/clerk-tokens";
import { WEBHOOK_SECRET } from "@/tests/support/clerk/clerk-webhook";
import { fromPeer } from "@/tests/support/routes/peer";
import { bearer, clerkIdentity, demoIdentity, setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import {
  changesTicket,
  isAimed,
  MALFORMED,
  MISSING,
  rightStatuses,
  send,
  SHAPES,
  type Ids,
} from "@/tests/support/routes/route-shapes";
import { FOUND_ROUTES, handlerOf, TEAM_ROUTES } from "@/tests/support/routes/route-table";
import { wholeTicket } from "@/tests/support/routes/whole-ticket";
import { storedThread } from "@/tests/support/factories/threads";

const SECRETS = {
  INBOUND_SECRET: "inbound-secret-of-the-tests",
  CRON_SECRET: "cron-secret-of-the-tests",
  METRICS_TOKEN: "metrics-token-of-the-tests",
};
const SIGNING = { CLERK_WEBHOOK_SECRET: WEBHOOK_SECRET };

const now = () => Math.floor(Date.now() / 1_000);
const session = (who: string, claims: Claims = {}) => ({
  sub: `user_${who}`,
  email: `${who}@team.example`,
  name: who,
  ...claims,
});

/** Callers who are refused everywhere, with the status and reason they get. */
const REFUSED: [who: string, headers: () => Record<string, string>, status: number, reason: string][] = [
  ["no session", () => ({}), 401, "unauthenticated"],
  [
    "an expired session",
    () => bearer(sessionToken(session("admin", { iat: now() - 200, nbf: now() - 200, exp: now() - 100 }))),
    ...unauthenticated(),
  ],
  [
    "a session of another key",
    () => bearer(sessionToken(session("admin"), { key: strangersKey() })),
    ...unauthenticated(),
  ],
  [
    "a session of another application",
    () => bearer(sessionToken(session("admin", { azp: "https://other.example" }))),
    ...unauthenticated(),
  ],
  [
    "a removed member",
    () => bearer(sessionToken(session("removed", { metadata: { role: "admin" } }))),
    403,
    "not_on_team",
  ],
  [
    "a stranger with a good session",
    () =>
      bearer(sessionToken(session("stranger", { email: "eve@evil.example", metadata: { role: "admin" } }))),
    403,
    "not_on_team",
  ],
  [
    "a token of no session",
    () => bearer(sessionToken(session("admin", { sid: undefined, metadata: { role: "admin" } }))),
    ...unauthenticated(),
  ],
  ...[undefined, "true", "false", 0, 1].map((email_verified): (typeof REFUSED)[number] => [
    `somebody whose address Clerk calls unverified and the token verified: ${email_verified}`,
    () => bearer(sessionToken(session("unverified", { email_verified, metadata: { role: "admin" } }))),
    403,
    "not_on_team",
  ]),
  ["a program's secret", () => bearer(SECRETS.INBOUND_SECRET), 401, "unauthenticated"],
];

function unauthenticated(): [number, string] {
  return [401, "unauthenticated"];
}

const asRole = (role: Role) => bearer(sessionToken(session(role, { metadata: { role } })));

const ticketOf = (who: string) => wholeTicket({ id: `user_${who}`, email: `${who}@team.example`, name: who });

let clerk: Awaited<ReturnType<typeof startClerkApi>>;

beforeAll(async () => {
  clerk = await startClerkApi();
  clerk.users.set("user_unverified", {
    id: "user_unverified",
    email: "unverified@team.example",
    isVerified: false,
    role: "admin",
  });
  clerkIdentity.use();
  setEnv({ ...SECRETS, ...SIGNING, CLERK_API_URL: clerk.url });
  const removed = { email: "removed@team.example", name: "removed", role: "admin", lastSeenAt: new Date() };
  await Member.updateOne({ _id: "user_removed" }, { ...removed, removedAt: new Date() }, { upsert: true });
});

afterAll(() => clerk.close());

test("the access table lists exactly the routes that exist, each under its own address", () => {
  expect(FOUND_ROUTES.map(({ key }) => key).sort()).toEqual(Object.keys(ROUTES).sort());
  for (const { key, handler } of FOUND_ROUTES) expect(handler.route).toBe(key);
});

describe.each(TEAM_ROUTES.map((key) => [key, ROUTES[key]] as const))("%s, for a %s and up", (key, needed) => {
  let ids: Ids;
  beforeAll(async () => {
    ids = await ticketOf("assignee");
  });

  test.each(REFUSED)(
    "is refused to %s, whichever ticket they ask about",
    async (_, headers, status, reason) => {
      const before = await storedThread(ids.threadId);
      for (const target of [ids, MISSING, MALFORMED]) {
        expect(await send(key, headers(), target)).toMatchObject({ status, body: { reason } });
      }
      expect(await storedThread(ids.threadId)).toEqual(before);
    },
  );

  test.each(ROLES.filter((role) => !hasRole(role, needed)))("is refused to a %s", async (role) => {
    const own = await ticketOf(role);
    for (const target of [own, ids, MISSING, MALFORMED]) {
      expect(await send(key, asRole(role), target)).toMatchObject({
        status: 403,
        body: { reason: "forbidden" },
      });
    }
    expect(await storedThread(own.threadId)).toMatchObject({ revision: 1 });
  });

  test.each(["Admin", "admn", "admin ", "", null, ["admin"]])(
    "takes the role %j for a viewer's",
    async (role) => {
      const headers = bearer(sessionToken(session("misspelt", { metadata: { role } })));
      const answer = await send(key, headers, await ticketOf("misspelt"));
      if (hasRole("viewer", needed)) expect(rightStatuses(key)).toContain(answer.status);
      else expect(answer).toMatchObject({ status: 403, body: { reason: "forbidden" } });
    },
  );

  const allowed = ROLES.filter((role) => hasRole(role, needed));

  test.each(allowed)("is carried out for a %s on a ticket of their own", async (role) => {
    const own = await ticketOf(role);
    expect(rightStatuses(key)).toContain((await send(key, asRole(role), own)).status);
  });

  test.each(allowed)("follows the rule for a %s on somebody else's ticket", async (role) => {
    const others = await ticketOf("somebody");
    const status = SHAPES[key].onOthers?.[role] ?? 200;
    expect((await send(key, asRole(role), others)).status).toBe(status);
    const isTouched = status === 200 && changesTicket(key) && !SHAPES[key].isPerTicket;
    expect(await storedThread(others.threadId)).toMatchObject({ revision: isTouched ? 2 : 1 });
  });

  test.each(isAimed(key) ? allowed : [])(
    "tells a %s of a missing id, and answers 400 to a malformed one",
    async (role) => {
      const missing = SHAPES[key].isPerTicket
        ? { status: 200, body: { results: [{ success: false, reason: "not_found" }] } }
        : { status: 404 };
      expect(await send(key, asRole(role), MISSING)).toMatchObject(missing);
      expect(await send(key, asRole(role), MALFORMED)).toMatchObject({ status: 400 });
    },
  );
});

const SIGNED_ROUTES = Object.entries(ROUTES).filter(([, who]) => who.startsWith("signed:"));

describe.each(SIGNED_ROUTES)("%s, for %s", (key) => {
  const [method = "", path = ""] = key.split(" ");

  test("is refused to everybody without its signature, an admin included", async () => {
    const everybody = [...REFUSED.map(([, headers]) => headers()), ...ROLES.map(asRole)];
    for (const headers of [...everybody, bearer(WEBHOOK_SECRET)]) {
      const answer = await call(handlerOf(key), path, { method, headers, body: "{}" });
      expect(answer).toMatchObject({ status: 401, body: { reason: "unauthenticated" } });
    }
  });
});

const BEARER_ROUTES = Object.entries(ROUTES).filter(([, who]) => who.startsWith("bearer:"));

describe.each(BEARER_ROUTES)("%s, for %s", (key, who) => {
  const [method = "", path = ""] = key.split(" ");

  test("is refused to everybody without its secret, an admin included", async () => {
    const others = Object.entries(SECRETS).filter(([name]) => `bearer:${name}` !== who);
    const wrong = [
      ...REFUSED.filter(([name]) => name !== "a program's secret").map(([, headers]) => headers()),
      ...others.map(([, secret]) => bearer(secret)),
      ...ROLES.map(asRole),
    ];
    for (const headers of wrong) {
      expect(await call(handlerOf(key), path, { method, headers })).toMatchObject({ status: 401 });
    }
  });
});

describe("in the demo", () => {
  beforeAll(demoIdentity.use);

  const elsewhere: Record<string, string>[] = [
    fromPeer("192.0.2.7"),
    { "x-desk-peer": "127.0.0.1" },
    { "x-forwarded-for": "192.0.2.7" },
    { host: "desk.example" },
  ];
  test.each(TEAM_ROUTES)("%s is refused to everybody on another machine", async (key) => {
    const ids = await wholeTicket(demoIdentity.team.maya);
    for (const headers of elsewhere) {
      const answer = await send(key, { ...demoIdentity.headersOf("maya"), ...headers }, ids);
      expect(answer).toMatchObject({ status: 401, body: { reason: "unauthenticated" } });
    }
    expect(await storedThread(ids.threadId)).toMatchObject({ revision: 1 });
  });
});
