import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { getMember } from "@/lib/auth";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, strangersKey } from "@/tests/support/clerk/clerk-tokens";
import { bearer, CLERK_ENV, setEnv } from "@/tests/support/routes/identities";

let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let minutes = 0;

beforeAll(async () => {
  clerk = await startClerkApi();
  setEnv({ ...CLERK_ENV, AUTH_MODE: undefined, CLERK_API_URL: clerk.url, CLERK_JWT_KEY: undefined });
});
afterAll(() => clerk.close());

// Each test begins an hour after the one before, when nothing that the process knows is fresh.
beforeEach(() => {
  minutes += 60;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });
  clerk.requests.length = 0;
  clerk.state.away = false;
});
afterEach(() => vi.useRealTimers());

const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);
const identityWith = (token: string) =>
  getMember(new Request("http://localhost:3000/", { headers: bearer(token) }));
const withUnknownKey = () => sessionToken({}, { header: { kid: `ins_${Math.random()}` } });

describe("without CLERK_JWT_KEY", () => {
  // In this order, since a process keeps the keys once it has them.
  test("a session cannot be checked while Clerk is away, which is asked again after a minute", async () => {
    clerk.state.away = true;
    for (let turn = 0; turn < 20; turn += 1)
      await expect(identityWith(sessionToken())).rejects.toBeInstanceOf(IdentityUnavailableError);
    expect(clerk.requests).toEqual(["GET /v1/jwks"]);
    clerk.state.away = false;
    later(61);
    expect(await identityWith(sessionToken())).toMatchObject({ state: "member" });
    expect(clerk.requests).toHaveLength(2);
  });

  test("a session is checked with the keys that Clerk publishes, fetched once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => identityWith(sessionToken())));
    for (const answer of answers) expect(answer).toMatchObject({ state: "member" });
    expect(await identityWith(sessionToken({}, { key: strangersKey() }))).toEqual({ state: "signed_out" });
    later(120);
    expect(await identityWith(sessionToken())).toMatchObject({ state: "member" });
    expect(clerk.requests).toEqual(["GET /v1/jwks"]);
  });

  test("900 tokens of unknown keys make one call to Clerk, and one more a minute later", async () => {
    for (let turn = 0; turn < 900; turn += 1)
      expect(await identityWith(withUnknownKey())).toEqual({ state: "signed_out" });
    expect(clerk.requests).toEqual(["GET /v1/jwks"]);
    later(61);
    await Promise.all(Array.from({ length: 50 }, () => identityWith(withUnknownKey())));
    expect(clerk.requests).toHaveLength(2);
  });

  test("something that is no token makes none", async () => {
    for (const token of ["garbage", "a.b.c", "e30.e30.x", `${btoa('{"kid":1}')}.e30.x`])
      expect(await identityWith(token)).toEqual({ state: "signed_out" });
    expect(clerk.requests).toEqual([]);
  });

  test("the keys that are known go on counting while Clerk is away", async () => {
    clerk.state.away = true;
    expect(await identityWith(sessionToken())).toMatchObject({ state: "member" });
    expect(clerk.requests).toEqual(["GET /v1/jwks"]);
    await expect(identityWith(withUnknownKey())).rejects.toBeInstanceOf(IdentityUnavailableError);
    expect(clerk.requests).toHaveLength(1);
  });
});
