import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getMember } from "@/lib/auth";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { Member } from "@/models/MemberModel";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, type Claims } from "@/tests/support/clerk/clerk-tokens";
import { bearer, CLERK_ENV, setEnv } from "@/tests/support/routes/identities";

let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let made = 0;

beforeAll(async () => {
  clerk = await startClerkApi();
});
afterAll(() => clerk.close());

beforeEach(() => {
  clerk.users.clear();
  clerk.requests.length = 0;
  clerk.state.away = clerk.state.silent = false;
  setEnv({
    ...CLERK_ENV,
    CLERK_API_URL: clerk.url,
    AUTH_MODE: undefined,
    CLERK_ORGANIZATION_ID: undefined,
    ALLOWED_EMAIL_DOMAINS: undefined,
  });
});

/** A person new to this process, of whom nothing is cached. */
const someone = () => `user_someone${(made += 1)}`;

function identityOf(claims: Claims) {
  return getMember(new Request("http://localhost:3000/api/team", { headers: bearer(sessionToken(claims)) }));
}

/** Claims of an instance that is not configured to add any of ours. */
const PLAIN = { email: undefined, email_verified: undefined, name: undefined, metadata: undefined };

describe("a member's role", () => {
  test.each([
    [{ role: "admin" }, "admin"],
    [{ role: "viewer" }, "viewer"],
    [{ role: "member" }, "member"],
    [{ role: "Admin" }, "viewer"],
    [{ role: "admin " }, "viewer"],
    [{ role: "membre" }, "viewer"],
    [{ role: ["admin"] }, "viewer"],
    [{ role: "" }, "viewer"],
    [{ role: null }, "viewer"],
    [{ role: "customer" }, "viewer"],
    [{}, "member"],
  ])("with public metadata %j is %s", async (metadata, role) => {
    expect(await identityOf({ sub: someone(), metadata })).toMatchObject({
      state: "member",
      member: { role },
    });
  });

  test("is not taken from a claim of another name", async () => {
    const claims = {
      sub: someone(),
      metadata: {},
      role: "admin",
      public_metadata: { role: "admin" },
      org_role: "admin",
    };
    expect(await identityOf(claims)).toMatchObject({ member: { role: "member" } });
  });
});

describe("the team by organization", () => {
  beforeEach(() => setEnv({ CLERK_ORGANIZATION_ID: "org_ours" }));

  test.each([
    ["version 2", { o: { id: "org_ours", rol: "member", slg: "ours" } }],
    ["version 1", { v: undefined, org_id: "org_ours", org_role: "org:member", org_slug: "ours" }],
  ])("lets in a session of it, in a token of %s", async (_, claims) => {
    expect(await identityOf({ sub: someone(), ...claims })).toMatchObject({ state: "member" });
  });

  test.each([
    ["no organization", {}],
    ["another one", { o: { id: "org_other", rol: "admin", slg: "ours" } }],
    [
      "another one, in a version 1 token",
      { v: undefined, org_id: "org_other", org_role: "org:admin", org_slug: "x" },
    ],
    ["one of the same slug", { o: { id: "org_other", rol: "admin", slg: "org_ours" } }],
  ])("keeps out a session of %s", async (_, claims) => {
    const sub = someone();
    expect(await identityOf({ sub, ...claims })).toEqual({
      state: "not_on_team",
      email: "priya@team.example",
    });
    expect(await Member.findById(sub)).toBeNull();
  });
});

describe("the team by mail domain", () => {
  beforeEach(() => setEnv({ ALLOWED_EMAIL_DOMAINS: "team.example, second.example" }));

  test.each(["priya@team.example", "PRIYA@Team.Example", "tomas@second.example"])(
    "lets in %s",
    async (email) => {
      expect(await identityOf({ sub: someone(), email })).toMatchObject({
        state: "member",
        member: { email },
      });
    },
  );

  test.each([
    "eve@evil.example",
    "eve@sub.team.example",
    "eve@notteam.example",
    "eve@team.example.evil.example",
    "team.example@evil.example",
  ])("keeps out %s", async (email) => {
    expect(await identityOf({ sub: someone(), email })).toEqual({ state: "not_on_team", email });
  });

  test.each([undefined, null, false, "false", "true", 0, 1, {}])(
    "asks Clerk about an address that the token calls verified with %j",
    async (email_verified) => {
      const [verified, unverified, unknown] = [someone(), someone(), someone()];
      const email = "priya@team.example";
      clerk.users.set(verified, { id: verified, email });
      clerk.users.set(unverified, { id: unverified, email, isVerified: false });
      const stateOf = async (sub: string) => (await identityOf({ sub, email, email_verified })).state;
      expect(await stateOf(verified)).toBe("member");
      expect(await stateOf(unverified)).toBe("not_on_team");
      expect(await stateOf(unknown)).toBe("not_on_team");
      clerk.state.away = true;
      await expect(stateOf(someone())).rejects.toBeInstanceOf(IdentityUnavailableError);
    },
  );

  test("asks Clerk whether the address is verified if the token has none", async () => {
    const [verified, unverified] = [someone(), someone()];
    clerk.users.set(verified, { id: verified, email: "priya@team.example" });
    clerk.users.set(unverified, { id: unverified, email: "priya@team.example", isVerified: false });
    expect(await identityOf({ ...PLAIN, sub: verified })).toMatchObject({ state: "member" });
    expect(await identityOf({ ...PLAIN, sub: unverified })).toMatchObject({ state: "not_on_team" });
  });

  test("lets in, as a member, somebody whose token lacks a role while Clerk is away", async () => {
    clerk.state.away = true;
    try {
      expect(await identityOf({ sub: someone(), name: "Priya Nair", metadata: undefined })).toMatchObject({
        state: "member",
        member: { role: "member", name: "Priya Nair" },
      });
    } finally {
      clerk.state.away = false;
    }
  });

  test("counts in addition to the organization", async () => {
    setEnv({ CLERK_ORGANIZATION_ID: "org_ours" });
    const o = { id: "org_ours", rol: "member", slg: "ours" };
    expect(await identityOf({ sub: someone(), o })).toMatchObject({ state: "member" });
    expect(await identityOf({ sub: someone(), o, email: "eve@evil.example" })).toMatchObject({
      state: "not_on_team",
    });
    expect(await identityOf({ sub: someone() })).toMatchObject({ state: "not_on_team" });
  });
});

describe("a token without our claims", () => {
  test("is completed by asking Clerk once a minute per person, and once for simultaneous requests", async () => {
    const id = someone();
    clerk.users.set(id, { id, email: "maya@team.example", name: "Maya Lindqvist", role: "admin" });
    const answers = await Promise.all([1, 2, 3].map(() => identityOf({ sub: id, ...PLAIN })));
    for (const answer of [...answers, await identityOf({ sub: id, ...PLAIN })]) {
      expect(answer).toEqual({
        state: "member",
        member: { id, email: "maya@team.example", name: "Maya Lindqvist", role: "admin" },
      });
    }
    expect(clerk.requests).toEqual([`GET /v1/users/${id}`]);
  });

  test("of a deleted account is not on the team, which is no error", async () => {
    expect(await identityOf({ sub: someone(), ...PLAIN })).toEqual({ state: "not_on_team", email: null });
  });

  test("of an account without an address is not on the team", async () => {
    const id = someone();
    clerk.users.set(id, { id, email: null });
    expect(await identityOf({ sub: id, ...PLAIN })).toEqual({ state: "not_on_team", email: null });
  });

  test("cannot be completed while Clerk is away, which is an error that is not cached", async () => {
    const id = someone();
    clerk.users.set(id, { id, email: "maya@team.example" });
    clerk.state.away = true;
    await expect(identityOf({ sub: id, ...PLAIN })).rejects.toBeInstanceOf(IdentityUnavailableError);
    clerk.state.away = false;
    expect(await identityOf({ sub: id, ...PLAIN })).toMatchObject({ state: "member" });
  });
});

test("a request stops waiting for Clerk after five seconds", async () => {
  clerk.state.silent = true;
  const startedAt = performance.now();
  await expect(identityOf({ sub: someone(), ...PLAIN })).rejects.toBeInstanceOf(IdentityUnavailableError);
  expect(performance.now() - startedAt).toBeLessThan(7_000);
});

test.each([undefined, "", null, 0])("a token whose session is %j is no session", async (sid) => {
  expect(await identityOf({ sub: someone(), sid })).toEqual({ state: "signed_out" });
});

describe("a token with all claims", () => {
  test("is accepted without asking Clerk", async () => {
    clerk.state.away = true;
    expect(await identityOf({ sub: someone() })).toMatchObject({
      state: "member",
      member: { name: "Priya Nair" },
    });
    expect(clerk.requests).toEqual([]);
  });

  test.each([null, "", "  "])("with the name %j uses the address as the name", async (name) => {
    expect(await identityOf({ sub: someone(), name })).toMatchObject({
      member: { name: "priya@team.example" },
    });
  });

  test("that proxy.ts passes on is checked like any other", async () => {
    const headers = {
      "x-clerk-auth-token": sessionToken({ sub: someone() }),
      "x-clerk-auth-status": "signed-out",
    };
    expect(await getMember(new Request("http://localhost:3000/", { headers }))).toMatchObject({
      state: "member",
    });
  });
});

test("a member's name is cut at 100 characters, since every line of a history has it", async () => {
  const found = await identityOf({ sub: someone(), name: "N".repeat(5_000), metadata: {} });
  expect(found).toMatchObject({ member: { name: "N".repeat(100) } });
});
