import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { hasRole, ROUTES, type Access, type TeamRoute } from "@/lib/auth/access";
import { ROLES, type Role } from "@/lib/api/vocabulary";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { sessionToken, strangersKey, type Claims } from "@/tests/support/clerk/clerk-tokens";
import { bearer, clerkIdentity, setEnv } from "@/tests/support/routes/identities";
import { deliver, multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import { call } from "@/tests/support/routes/requests";
import { FOUND_ROUTES } from "@/tests/support/routes/route-table";
import { list, MALFORMED, MISSING, send, SHAPES, type Ids } from "@/tests/support/routes/route-shapes";
import { storedThread } from "@/tests/support/factories/threads";

const SECRETS = {
  INBOUND_SECRET: "inbound-secret-of-the-tests",
  CRON_SECRET: "cron-secret-of-the-tests",
  METRICS_TOKEN: "metrics-token-of-the-tests",
};

const now = () => Math.floor(Date.now() / 1_000);
const session = (who: string, claims: Claims = {}) => ({
  sub: `user_${who}`,
  email: `${who}@team.example`,
  name: who,
  ...claims,
});

/** Everybody who is not let in, and what they are told. */
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
  ["a program's secret", () => bearer(SECRETS.INBOUND_SECRET), 401, "unauthenticated"],
];

function unauthenticated(): [number, string] {
  return [401, "unauthenticated"];
}

const asRole = (role: Role) => bearer(sessionToken(session(role, { metadata: { role } })));

const isRole = (who: Access): who is Role => ROLES.some((role) => role === who);
const TEAM_ROUTES = Object.entries(ROUTES).filter(([, who]) => isRole(who)) as [TeamRoute, Role][];

/** A ticket with a formatted mail, a file and a refused reply, held by `holder`. */
async function ticketOf(holder: string): Promise<Ids> {
  const { thread, message, row } = await deliver(
    rawMail(
      multipart(
        "mixed",
        "Content-Type: text/html\r\n\r\n<p>Hello</p>",
        "Content-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment\r\n\r\nfile",
      ),
    ),
  );
  const replyId = createHash("sha256").update(message._id).digest("hex");
  const { _id: threadId } = thread;
  await EmailMessage.create({
    ...message,
    ...{ _id: replyId, threadId, direction: "outbound", state: "failed", attempts: 1, html: null },
    ...{ authorId: holder, authorEmail: `${holder}@team.example`, authorName: holder, ledgerId: null },
  });
  const assignment = {
    assignedTo: holder,
    assignedToEmail: `${holder}@team.example`,
    assignedToName: holder,
  };
  await EmailThread.updateOne({ _id: threadId }, { ...assignment, claimedAt: new Date() });
  return { threadId: threadId.toHexString(), messageId: message._id, replyId, ledgerId: row._id };
}

beforeAll(async () => {
  clerkIdentity.use();
  setEnv(SECRETS);
  const removed = { email: "removed@team.example", name: "removed", role: "admin", lastSeenAt: new Date() };
  await Member.updateOne({ _id: "user_removed" }, { ...removed, removedAt: new Date() }, { upsert: true });
});

test("the table names every route there is, under its own address, and none that is not", () => {
  expect(FOUND_ROUTES.map(({ key }) => key).sort()).toEqual(Object.keys(ROUTES).sort());
  for (const { key, handler } of FOUND_ROUTES) expect(handler.route).toBe(key);
});

describe.each(TEAM_ROUTES)("%s, for a %s and up", (key, needed) => {
  let ids: Ids;
  beforeAll(async () => {
    ids = await ticketOf("user_holder");
  });

  test.each(REFUSED)("is refused to %s, whatever it is pointed at", async (_, headers, status, reason) => {
    const before = await storedThread(ids.threadId);
    for (const target of [ids, MISSING, MALFORMED]) {
      expect(await send(key, headers(), target)).toMatchObject({ status, body: { reason } });
    }
    expect(await storedThread(ids.threadId)).toEqual(before);
  });

  test.each(ROLES.filter((role) => !hasRole(role, needed)))("is refused to a %s", async (role) => {
    const own = await ticketOf(`user_${role}`);
    for (const target of [own, ids, MISSING, MALFORMED]) {
      expect(await send(key, asRole(role), target)).toMatchObject({
        status: 403,
        body: { reason: "forbidden" },
      });
    }
    expect(await storedThread(own.threadId)).toMatchObject({ revision: 1 });
  });

  const allowed = ROLES.filter((role) => hasRole(role, needed));

  test.each(allowed)("is carried out for a %s on a ticket of their own", async (role) => {
    const own = await ticketOf(`user_${role}`);
    const right = SHAPES[key].isRefusedFirst ? [409] : [200, 202];
    expect(right).toContain((await send(key, asRole(role), own)).status);
  });

  test.each(allowed)("on somebody else's ticket gives a %s what the rule says", async (role) => {
    const others = await ticketOf("user_somebody");
    const status = SHAPES[key].onOthers?.[role] ?? 200;
    expect((await send(key, asRole(role), others)).status).toBe(status);
    const isTouched = status === 200 && needed !== "viewer";
    expect(await storedThread(others.threadId)).toMatchObject({ revision: isTouched ? 2 : 1 });
  });

  const aimed = SHAPES[key] === list ? [] : allowed;

  test.each(aimed)("tells a %s apart what is missing and what is malformed", async (role) => {
    expect(await send(key, asRole(role), MISSING)).toMatchObject({ status: 404 });
    expect(await send(key, asRole(role), MALFORMED)).toMatchObject({ status: 400 });
  });
});

const BEARER_ROUTES = Object.entries(ROUTES).filter(([, who]) => who.startsWith("bearer:"));

describe.each(BEARER_ROUTES)("%s, for %s", (key, who) => {
  const [method = "", path = ""] = key.split(" ");
  const handler = FOUND_ROUTES.find((route) => route.key === key)?.handler;

  test("is refused to everybody but who brings its secret, an admin included", async () => {
    const others = Object.entries(SECRETS).filter(([name]) => `bearer:${name}` !== who);
    const wrong = [
      ...REFUSED.filter(([name]) => name !== "a program's secret").map(([, headers]) => headers()),
      ...others.map(([, secret]) => bearer(secret)),
      ...ROLES.map(asRole),
    ];
    for (const headers of wrong) {
      if (!handler) throw new Error(`${key} has no file`);
      expect(await call(handler, path, { method, headers })).toMatchObject({ status: 401 });
    }
  });
});
