import { afterAll, beforeAll, expect, test } from "vitest";
import { getMember } from "@/lib/auth";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken, strangersKey } from "@/tests/support/clerk/clerk-tokens";
import { bearer, CLERK_ENV, setEnv } from "@/tests/support/routes/identities";

let clerk: Awaited<ReturnType<typeof startClerkApi>>;

beforeAll(async () => {
  clerk = await startClerkApi();
  setEnv({ ...CLERK_ENV, AUTH_MODE: undefined, CLERK_API_URL: clerk.url, CLERK_JWT_KEY: undefined });
});
afterAll(() => clerk.close());

const identityWith = (token: string) =>
  getMember(new Request("http://localhost:3000/", { headers: bearer(token) }));

// In this order, since a process keeps the keys once it has them.
test("without CLERK_JWT_KEY, a session cannot be checked while Clerk is away, and the error says so", async () => {
  clerk.state.away = true;
  await expect(identityWith(sessionToken())).rejects.toBeInstanceOf(IdentityUnavailableError);
});

test("without CLERK_JWT_KEY, a session is checked with the keys that Clerk publishes", async () => {
  clerk.state.away = false;
  expect(await identityWith(sessionToken())).toMatchObject({ state: "member" });
  expect(await identityWith(sessionToken({}, { key: strangersKey() }))).toEqual({ state: "signed_out" });
  expect(await identityWith(sessionToken({}, { header: { kid: "ins_unknown" } }))).toEqual({
    state: "signed_out",
  });
});
