import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { POST as signIn } from "@/app/api/demo/session/route";
import { POST as signOut } from "@/app/api/demo/sign-out/route";
import { GET as team } from "@/app/api/team/route";
import { HOME } from "@/lib/auth/local-path";
import { demoSessionCookie } from "@/lib/auth/demo";
import { clerkIdentity, demoIdentity, setEnv } from "@/tests/support/routes/identities";
import { fromPeer } from "@/tests/support/routes/peer";
import { call } from "@/tests/support/routes/requests";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const choose = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call(signIn, "/api/demo/session", {
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    headers: { ...FORM, ...headers },
  });
const asks = (cookie: string, headers: Record<string, string> = {}) =>
  call(team, "/api/team", { headers: { cookie, ...headers } });
const pairOf = (setCookie: string | null) => setCookie?.split(";")[0] ?? "";

describe("signing in to the demo", () => {
  beforeEach(demoIdentity.use);

  test("gives a cookie that scripts and other sites cannot use, and leads to the start page", async () => {
    const { status, headers } = await choose({ member: "user_demo_maya" });
    expect(status).toBe(303);
    expect(headers.get("location")).toBe(HOME);
    expect(headers.get("set-cookie")).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800$/);
    expect((await asks(pairOf(headers.get("set-cookie")))).body).toMatchObject({
      members: [{ id: "user_demo_maya", isYou: true, role: "admin" }, {}, {}],
    });
  });

  test("returns to the page that was asked for", async () => {
    const { headers } = await choose({ member: "user_demo_maya", next: "/reply/65f000000000000000000001" });
    expect(headers.get("location")).toBe("/reply/65f000000000000000000001");
  });

  test.each(["https://evil.example", "//evil.example", "/\\evil.example", "/api/team"])(
    "never redirects to %s",
    async (next) => {
      const { headers } = await choose({ member: "user_demo_maya", next });
      expect(headers.get("location")).toBe(HOME);
    },
  );

  test.each<Record<string, string>>([
    {},
    { member: "" },
    { member: "user_demo_eve" },
    { member: "user_clerk_maya" },
  ])("answers 400 to %j and gives no cookie", async (fields) => {
    const { status, headers } = await choose(fields);
    expect(status).toBe(400);
    expect(headers.get("set-cookie")).toBeNull();
  });

  test("answers 415 to anything but a form, and 413 to a large one", async () => {
    expect((await choose({}, { "content-type": "application/json" })).status).toBe(415);
    expect((await choose({ member: "x".repeat(5_000) })).status).toBe(413);
  });

  test("refuses another site's form", async () => {
    const { status, headers } = await choose(
      { member: "user_demo_maya" },
      { origin: "https://evil.example" },
    );
    expect(status).toBe(403);
    expect(headers.get("set-cookie")).toBeNull();
  });

  test("ends with a plain form too", async () => {
    const { status, headers } = await call(signOut, "/api/demo/sign-out", {
      method: "POST",
      headers: FORM,
      body: "",
    });
    expect({ status, location: headers.get("location") }).toEqual({ status: 303, location: "/sign-in" });
    expect(headers.get("set-cookie")).toMatch(/^claimdesk_demo=; .*Max-Age=0$/);
    expect((await asks(pairOf(headers.get("set-cookie")))).status).toBe(401);
  });
});

describe("signing out", () => {
  beforeEach(demoIdentity.use);

  test("ends the session for copies of its cookie too, and not later sessions", async () => {
    const enter = async () => pairOf((await choose({ member: "user_demo_tomas" })).headers.get("set-cookie"));
    const [copy, other] = [await enter(), pairOf(demoSessionCookie("user_demo_maya"))];
    expect((await asks(copy)).status).toBe(200);
    await call(signOut, "/api/demo/sign-out", {
      method: "POST",
      headers: { ...FORM, cookie: copy },
      body: "",
    });
    expect(await asks(copy)).toMatchObject({ status: 401, body: { reason: "unauthenticated" } });
    await vi.waitFor(async () => expect((await asks(await enter())).status).toBe(200));
    expect((await asks(copy)).status).toBe(401);
    expect((await asks(other)).status).toBe(200);
  });

  test("ends no session if the cookie is forged", async () => {
    const good = pairOf(demoSessionCookie("user_demo_maya"));
    const forged = good.slice(0, -2);
    await call(signOut, "/api/demo/sign-out", {
      method: "POST",
      headers: { ...FORM, cookie: forged },
      body: "",
    });
    expect((await asks(good)).status).toBe(200);
  });
});

describe("a demo cookie", () => {
  beforeEach(demoIdentity.use);
  const good = () => pairOf(demoSessionCookie("user_demo_priya"));

  test("is accepted for eight hours and no longer", async () => {
    const ago = (hours: number) =>
      pairOf(demoSessionCookie("user_demo_priya", new Date(Date.now() - hours * 3_600_000)));
    expect((await asks(ago(7.9))).status).toBe(200);
    expect((await asks(ago(8.1))).status).toBe(401);
  });

  test.each([
    ["another member's name on it", () => good().replace("user_demo_priya", "user_demo_maya")],
    ["a later expiry", () => good().replace(/\.(\d+)\./, (_, end: string) => `.${Number(end) + 1}.`)],
    ["no signature", () => good().replace(/\.[^.]+$/, ".")],
    ["a cut signature", () => good().slice(0, -1)],
    ["the name alone", () => "claimdesk_demo=user_demo_maya"],
    ["nothing in it", () => "claimdesk_demo="],
    ["a signed name of nobody", () => pairOf(demoSessionCookie("user_eve"))],
    ["dots alone", () => "claimdesk_demo=.."],
  ])("with %s is refused", async (_, cookie) => {
    expect((await asks(cookie())).status).toBe(401);
  });

  test("is refused under another secret", async () => {
    const cookie = good();
    setEnv({ DEMO_SESSION_SECRET: "another-secret-of-32-characters-or-more" });
    expect((await asks(cookie)).status).toBe(401);
    setEnv({ DEMO_SESSION_SECRET: undefined });
    expect((await asks(cookie)).status).toBe(200);
  });

  test.each<Record<string, string>>([
    { host: "desk.example" },
    { host: "localhost.desk.example" },
    { host: "localhost@desk.example" },
    { "x-forwarded-host": "desk.example" },
    { "x-forwarded-host": "localhost:3000, desk.example" },
    { host: "" },
    fromPeer("192.0.2.7"),
    fromPeer("2001:db8::7"),
    fromPeer("::ffff:192.0.2.7"),
    fromPeer(""),
    { "x-desk-peer": "127.0.0.1" },
    { "x-forwarded-for": "192.0.2.7" },
    { "x-forwarded-for": "127.0.0.1, 192.0.2.7" },
  ])("is neither accepted nor given for a request with %j", async (headers) => {
    expect((await asks(good(), headers)).status).toBe(401);
    expect((await choose({ member: "user_demo_maya" }, headers)).status).toBe(403);
  });
});

test.each(["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])(
  "a demo cookie is accepted from this machine at %s",
  async (address) => {
    demoIdentity.use();
    const cookie = pairOf(demoSessionCookie("user_demo_priya"));
    expect((await asks(cookie, { ...fromPeer(address), "x-forwarded-for": address })).status).toBe(200);
  },
);

describe("with Clerk", () => {
  beforeAll(clerkIdentity.use);

  test("the demo's sign-in and sign-out answer 404, and a demo cookie is refused", async () => {
    const gone = { status: 404, body: { reason: "not_found" } };
    expect(await choose({ member: "user_demo_maya" })).toMatchObject(gone);
    expect(await call(signOut, "/api/demo/sign-out", { method: "POST" })).toMatchObject(gone);
    expect((await asks(demoIdentity.headersOf("maya").cookie ?? "")).status).toBe(401);
  });
});
