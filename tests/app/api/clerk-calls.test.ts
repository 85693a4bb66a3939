import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { GET as team } from "@/app/api/team/route";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { fromPeer } from "@/tests/support/routes/peer";
import { bearer, clerkIdentity, setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

let clerk: Awaited<ReturnType<typeof startClerkApi>>;

beforeAll(async () => {
  clerk = await startClerkApi();
  clerkIdentity.use();
  setEnv({ CLERK_API_URL: clerk.url, RATE_LIMIT_FACTOR: "0.005" }); // three refused callers in a minute, not 600
});
afterAll(async () => {
  setEnv({ RATE_LIMIT_FACTOR: "1000" });
  await clerk.close();
});
beforeEach(() => void (clerk.requests.length = 0));

const ask = (token: string, address: string) =>
  call(team, "/api/team", { headers: { ...bearer(token), ...fromPeer(address) } });

test("an address is counted before Clerk is asked about it, and once it is refused Clerk is not asked", async () => {
  const statuses = [];
  // Somebody with many accounts at the Clerk application, none of them on the team.
  for (let turn = 0; turn < 12; turn += 1) {
    const stranger = { sub: `user_stranger${turn}`, email: undefined, name: undefined, metadata: undefined };
    statuses.push((await ask(sessionToken(stranger), "192.0.2.20")).status);
  }
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  expect(clerk.requests.length).toBeLessThanOrEqual(3);
});

test("simultaneous requests of an address are counted before the first of them asks Clerk", async () => {
  const asked = Array.from({ length: 30 }, (_, turn) =>
    ask(sessionToken({ sub: `user_crowd${turn}`, email: undefined }), "192.0.2.21"),
  );
  const answers = await Promise.all(asked);
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(27);
  expect(clerk.requests.length).toBeLessThanOrEqual(3);
});

test("IPv6 addresses of one network are counted as one", async () => {
  const asked = Array.from({ length: 12 }, (_, turn) =>
    ask(sessionToken({ sub: `user_six${turn}`, email: undefined }), `2001:db8:0:9::${turn}`),
  );
  await Promise.all(asked);
  expect(clerk.requests.length).toBeLessThanOrEqual(3);
});
