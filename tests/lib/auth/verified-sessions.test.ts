import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { getMember } from "@/lib/auth";
import { SESSIONS_MAX, verifiedSessions } from "@/lib/auth/verified-sessions";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { bearer, CLERK_ENV, setEnv } from "@/tests/support/routes/identities";

const APP_URL = "http://localhost:3000";
const now = () => Math.floor(Date.now() / 1_000);
let verify: { mock: { calls: unknown[] } };

beforeEach(() => {
  setEnv({ ...CLERK_ENV, AUTH_MODE: undefined, APP_URL, CLERK_ORGANIZATION_ID: undefined });
  verify = vi.spyOn(crypto.subtle, "verify");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const stateOf = async (headers: Record<string, string>) =>
  (await getMember(new Request(`${APP_URL}/api/team`, { headers }))).state;
const cookie = (token: string, signedInAt: number, browser = "b1") => ({
  cookie: `__session=${token}; __client_uat=${signedInAt}; __clerk_db_jwt=${browser}; theme=dark`,
});

describe("a session's proof", () => {
  test("is verified once for as long as its token lasts, whatever else a request brings", async () => {
    const headers = cookie(sessionToken({ jti: "once" }), now() - 60);
    for (const language of ["en", "pl", "de"]) {
      expect(await stateOf({ ...headers, "accept-language": language })).toBe("member");
    }
    expect(verify.mock.calls).toHaveLength(1);
  });

  test("is verified again if anything beside the token changes, and refused after a later sign-in", async () => {
    const token = sessionToken({ jti: "beside" });
    expect(await stateOf(cookie(token, now() - 60))).toBe("member");
    expect(await stateOf(cookie(token, now() - 60, "b2"))).toBe("member");
    expect(verify.mock.calls).toHaveLength(2);
    expect(await stateOf(cookie(token, now() + 30))).toBe("signed_out");
    expect(await stateOf(cookie(token, 0))).toBe("signed_out");
  });

  test("ends with its token", async () => {
    const headers = bearer(sessionToken({ jti: "short", exp: now() + 30 }));
    expect(await stateOf(headers)).toBe("member");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
    expect(await stateOf(headers)).toBe("signed_out");
  });

  test("does not outlive a change of the key, the application or the team", async () => {
    const headers = bearer(sessionToken({ jti: "settings" }));
    expect(await stateOf(headers)).toBe("member");
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    setEnv({ CLERK_JWT_KEY: publicKey.export({ type: "spki", format: "pem" }).toString() });
    expect(await stateOf(headers)).toBe("signed_out");
    setEnv({ ...CLERK_ENV, APP_URL: "https://other.example" });
    expect(await stateOf(headers)).toBe("signed_out");
    setEnv({ APP_URL, CLERK_ORGANIZATION_ID: "org_ours" });
    expect(await stateOf(headers)).toBe("not_on_team");
    setEnv({ CLERK_ORGANIZATION_ID: undefined, ALLOWED_EMAIL_DOMAINS: "other.example" });
    expect(await stateOf(headers)).toBe("not_on_team");
  });

  test("is not kept if it failed", async () => {
    const early = bearer(sessionToken({ jti: "early", nbf: now() + 600 }));
    expect(await stateOf(early)).toBe("signed_out");
    expect(await stateOf(early)).toBe("signed_out");
    expect(verify.mock.calls.length).toBeGreaterThanOrEqual(2);
  });
});

test("at most 10,000 sessions are kept, and the least recently used leaves", () => {
  const sessions = verifiedSessions<string>();
  const later = Date.now() + 60_000;
  for (let at = 0; at < SESSIONS_MAX; at += 1) sessions.keep(`proof ${at}`, `session ${at}`, later);
  expect(sessions.find("proof 0")).toBe("session 0");
  sessions.keep("one more", "session", later);
  expect(sessions.find("proof 0")).toBe("session 0");
  expect(sessions.find("proof 1")).toBeNull();
  expect(sessions.find("one more")).toBe("session");
});
