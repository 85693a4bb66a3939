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

const whoHas = (token: string) =>
  getMember(new Request("http://localhost:3000/", { headers: bearer(token) }));

// One after the other in one process, since the keys stay once they have come.
test("without CLERK_JWT_KEY a session can't be proved while Clerk is away, which is said and not guessed", async () => {
  clerk.state.away = true;
  await expect(whoHas(sessionToken())).rejects.toBeInstanceOf(IdentityUnavailableError);
});

test("without CLERK_JWT_KEY a session is proved with the keys Clerk publishes", async () => {
  clerk.state.away = false;
  expect(await whoHas(sessionToken())).toMatchObject({ state: "member" });
  expect(await whoHas(sessionToken({}, { key: strangersKey() }))).toEqual({ state: "signed_out" });
  expect(await whoHas(sessionToken({}, { header: { kid: "ins_unknown" } }))).toEqual({ state: "signed_out" });
});
