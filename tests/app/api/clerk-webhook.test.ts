import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { POST } from "@/app/api/clerk/webhook/route";
import { findStanding } from "@/lib/auth/standing";
import { endLiveStreams, openLiveStream } from "@/lib/live/stream";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import { removeMember } from "@/lib/team/remove-member";
import { AuditEvent } from "@/models/AuditEventModel";
import { Member } from "@/models/MemberModel";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { signatureOf, signedHeaders, WEBHOOK_SECRET } from "@/tests/support/clerk/clerk-webhook";
import { createMember, storedMember } from "@/tests/support/factories/members";
import { readEvents } from "@/tests/support/network/live-events";
import { bearer, clerkIdentity, setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import type { TeamMember } from "@/lib/api/vocabulary";

const ORGANIZATION = "org_tests";
let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let priya: TeamMember;

beforeAll(async () => {
  clerk = await startClerkApi();
  clerkIdentity.use();
  setEnv({
    CLERK_API_URL: clerk.url,
    CLERK_WEBHOOK_SECRET: WEBHOOK_SECRET,
    CLERK_ORGANIZATION_ID: ORGANIZATION,
  });
});
afterAll(() => clerk.close());

beforeEach(async () => {
  await Member.deleteMany({});
  await AuditEvent.deleteMany({});
  priya = await createMember("Priya Nair");
  clerk.users.clear();
  clerk.users.set(priya.id, { id: priya.id, email: priya.email });
  clerk.organizations.set(ORGANIZATION, new Set([priya.id]));
  clerk.requests.length = 0;
  Object.assign(clerk.state, { away: false, cutsLists: false, ignoresFilters: false });
});

const send = (body: string, headers: Record<string, string>) =>
  call(POST, "/api/clerk/webhook", {
    method: "POST",
    body,
    headers: { origin: undefined, "sec-fetch-site": undefined, ...headers },
  });
const tell = (event: unknown) => {
  const body = JSON.stringify(event);
  return send(body, signedHeaders(body));
};
const deleted = (id: string) => ({ type: "user.deleted", object: "event", data: { id, deleted: true } });
const membership = (kind: "created" | "deleted", organization = ORGANIZATION) => ({
  type: `organizationMembership.${kind}`,
  data: { organization: { id: organization }, public_user_data: { user_id: priya.id } },
});
const updated = (data: Record<string, unknown> = {}) => ({
  type: "user.updated",
  data: { id: priya.id, banned: false, locked: false, lockout_expires_in_seconds: null, ...data },
});
const reasonOf = async () => (await storedMember(priya.id)).removedFor ?? null;

describe("a webhook's request", () => {
  const now = () => Math.floor(Date.now() / 1_000);
  const body = JSON.stringify(deleted("user_priya_nair"));

  test("is believed with the right signature, also as one of several", async () => {
    const headers = signedHeaders(body);
    const others = `v1,${Buffer.alloc(32).toString("base64")} v2,abc v1 ,`;
    for (const signature of [`${others} ${headers["svix-signature"]}`, headers["svix-signature"] ?? ""]) {
      expect(await send(body, { ...headers, "svix-signature": signature })).toMatchObject({
        status: 200,
        body: { success: true },
      });
    }
    expect(await reasonOf()).toBe("account_deleted");
  });

  test.each([299, -299])("is believed %i s off, with the clocks of two servers", async (offset) => {
    expect((await send(body, signedHeaders(body, { at: now() + offset }))).status).toBe(200);
  });

  const right = () => signedHeaders(body);
  const without = (name: string) => ({ ...right(), [name]: "" });
  const WRONG: [string, () => Record<string, string>][] = [
    ["no headers", () => ({})],
    ["no id", () => without("svix-id")],
    ["no time", () => without("svix-timestamp")],
    ["no signature", () => without("svix-signature")],
    ["another id", () => ({ ...right(), "svix-id": "msg_other" })],
    ["another time", () => ({ ...right(), "svix-timestamp": String(now() - 1) })],
    [
      "a signature cut short",
      () => ({ ...right(), "svix-signature": right()["svix-signature"]?.slice(0, -4) ?? "" }),
    ],
    [
      "a signature without its version",
      () => ({ ...right(), "svix-signature": right()["svix-signature"]?.slice(3) ?? "" }),
    ],
    [
      "a version that is not known",
      () => ({ ...right(), "svix-signature": `v2${right()["svix-signature"]?.slice(2)}` }),
    ],
    ["an empty signature", () => ({ ...right(), "svix-signature": "v1," })],
    ["another key", () => signedHeaders(body, { key: Buffer.from("another-key-of-the-tests-of-32-b") })],
    ["an empty key", () => signedHeaders(body, { key: Buffer.alloc(0) })],
    ["a time too long ago", () => signedHeaders(body, { at: now() - 302 })],
    ["a time too far ahead", () => signedHeaders(body, { at: now() + 302 })],
    ["a time with something behind it", () => signedHeaders(body, { at: `${now()}.5` })],
    ["a time that is none", () => signedHeaders(body, { at: "NaN" })],
    ["the secret as a bearer token", () => bearer(WEBHOOK_SECRET)],
    ["an admin's session", () => clerkIdentity.headersOf("maya")],
  ];

  test.each(WRONG)("is refused with %s", async (_, headers) => {
    expect(await send(body, headers())).toMatchObject({ status: 401, body: { reason: "unauthenticated" } });
    expect(await reasonOf()).toBeNull();
  });

  test("is refused if one byte of the body, or only its form, is another", async () => {
    for (const other of [
      body.replace("priya", "prixa"),
      JSON.stringify(JSON.parse(body), null, 1),
      `${body} `,
      `\ufeff${body}`,
      body.slice(0, -1),
      "",
    ]) {
      expect(await send(other, signedHeaders(body))).toMatchObject({ status: 401 });
    }
    expect(await reasonOf()).toBeNull();
  });

  test("is refused if its bytes only read as the signed text", async () => {
    const signed = Buffer.from(JSON.stringify({ ...deleted(priya.id), note: "\ufffd" }));
    const at = signed.indexOf(Buffer.from("\ufffd"));
    const changed = Buffer.concat([signed.subarray(0, at), Buffer.from([0xff]), signed.subarray(at + 3)]);
    const ask = async (bytes: Buffer) =>
      POST(
        new Request("http://localhost:3000/api/clerk/webhook", {
          method: "POST",
          headers: signedHeaders(signed),
          body: new Uint8Array(bytes),
        }),
        { params: Promise.resolve({}) },
      );
    expect((await ask(changed)).status).toBe(401);
    expect((await ask(signed)).status).toBe(200);
  });

  test("is refused without a configured secret, whatever it is signed with", async () => {
    setEnv({ CLERK_WEBHOOK_SECRET: undefined });
    try {
      expect((await send(body, signedHeaders(body))).status).toBe(401);
      expect((await send(body, signedHeaders(body, { key: Buffer.alloc(0) }))).status).toBe(401);
    } finally {
      setEnv({ CLERK_WEBHOOK_SECRET: WEBHOOK_SECRET });
    }
  });

  test("is refused above one megabyte, and answered 400 if it is no JSON or lacks what its type needs", async () => {
    const large = JSON.stringify({ ...deleted(priya.id), note: "x".repeat(1_000_001) });
    expect((await send(large, signedHeaders(large))).status).toBe(413);
    expect((await send("{", signedHeaders("{"))).status).toBe(400);
    expect((await tell({ type: "user.deleted", data: {} })).status).toBe(400);
    expect((await tell({ type: "user.deleted", data: { id: { $ne: null } } })).status).toBe(400);
    expect(await reasonOf()).toBeNull();
  });

  test("does no harm when it is replayed", async () => {
    const headers = { "svix-id": "msg_replayed", "svix-timestamp": String(now()) };
    const signature = signatureOf(body, "msg_replayed", headers["svix-timestamp"]);
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await send(body, { ...headers, "svix-signature": signature })).status).toBe(200);
    }
    expect(await AuditEvent.countDocuments({ subject: priya.id })).toBe(1);
  });
});

describe("an event of Clerk", () => {
  test("ends the streams and the access of somebody whose account was deleted, without asking Clerk", async () => {
    const signal = new AbortController().signal;
    const events = readEvents(
      await openLiveStream({ memberId: priya.id, reads: LIVE_READS, signal, onEnd: async () => {} }),
    );
    await events.next(); // hello
    expect((await tell(deleted(priya.id))).status).toBe(200);
    await events.rest();
    expect(await findStanding(priya)).toBe("removed");
    expect(clerk.requests).toEqual([]);
    endLiveStreams();
  });

  test("about somebody who never signed in here, of another kind, or of another organization changes nothing", async () => {
    clerk.users.delete(priya.id);
    const before = await storedMember(priya.id);
    for (const event of [
      deleted("user_customer"),
      { ...updated({ banned: true }), data: { id: "user_customer", banned: true } },
      membership("deleted", "org_other"),
      { type: "email.created", data: null },
      { type: "session.created", data: { user_id: priya.id } },
      { type: 7 },
      [],
      null,
    ]) {
      expect(await tell(event)).toMatchObject({ status: 200, body: { success: true } });
    }
    expect(await storedMember(priya.id)).toEqual(before);
    expect(await Member.countDocuments()).toBe(1);
    expect(clerk.requests).toEqual([]);
  });

  test("removes somebody who left the organization, and lets them in again when they are back", async () => {
    clerk.organizations.get(ORGANIZATION)?.clear();
    await tell(membership("deleted"));
    expect(await reasonOf()).toBe("left_organization");
    clerk.organizations.get(ORGANIZATION)?.add(priya.id);
    await tell(membership("created"));
    expect(await findStanding(priya)).toBe("on_team");
  });

  test("that arrives late does not remove somebody who is back, nor let in somebody who is gone", async () => {
    await tell(membership("deleted"));
    expect(await findStanding(priya)).toBe("on_team");

    clerk.organizations.get(ORGANIZATION)?.clear();
    await removeMember(priya.id, null, "left_organization");
    await tell(membership("created"));
    expect(await findStanding(priya)).toBe("removed");
  });

  test("removes somebody who is banned or locked without an end, and lets them in when that is over", async () => {
    for (const block of [{ isBanned: true }, { lock: "without end" as const }]) {
      clerk.users.set(priya.id, { id: priya.id, email: priya.email, ...block });
      await tell(updated(block.isBanned ? { banned: true } : { locked: true }));
      expect(await reasonOf()).toBe("account_blocked");
      clerk.users.set(priya.id, { id: priya.id, email: priya.email });
      await tell(updated());
      expect(await findStanding(priya)).toBe("on_team");
    }
  });

  test("of a lock that ends by itself changes nothing, since wrong passwords cause it", async () => {
    clerk.users.set(priya.id, { id: priya.id, email: priya.email, lock: 3_600 });
    await tell(updated({ locked: true, lockout_expires_in_seconds: 3_600 }));
    expect(await findStanding(priya)).toBe("on_team");
  });

  test("never undoes an admin's removal", async () => {
    const maya = await createMember("Maya Lindqvist", { role: "admin" });
    await removeMember(priya.id, maya, "by_admin");
    for (const event of [updated(), membership("created"), { ...updated(), type: "user.created" }]) {
      expect((await tell(event)).status).toBe(200);
    }
    expect(await reasonOf()).toBe("by_admin");
    await tell(deleted(priya.id));
    expect(await reasonOf()).toBe("by_admin");
  });

  test("that shuts somebody out is believed while Clerk is away; one that lets them in is to be sent again", async () => {
    clerk.state.away = true;
    expect((await tell(updated({ banned: true }))).status).toBe(200);
    expect(await reasonOf()).toBe("account_blocked");
    expect(await tell(updated())).toMatchObject({ status: 503 });
    expect(await reasonOf()).toBe("account_blocked");
  });

  test.each(["session.ended", "session.removed", "session.revoked"])(
    "%s ends the live streams of that person",
    async (type) => {
      const signal = new AbortController().signal;
      const events = readEvents(
        await openLiveStream({ memberId: priya.id, reads: LIVE_READS, signal, onEnd: async () => {} }),
      );
      await events.next(); // hello
      expect((await tell({ type, data: { id: "sess_1", user_id: priya.id } })).status).toBe(200);
      await events.rest();
      expect(await findStanding(priya)).toBe("on_team");
      endLiveStreams();
    },
  );
});
