import { beforeAll, expect, test } from "vitest";
import { GET, PUT } from "@/app/api/team/preferences/route";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { bearer, clerkIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

beforeAll(clerkIdentity.use);

const PATH = "/api/team/preferences";
const asPriya = () => clerkIdentity.headersOf("priya");
const viewer = {
  sub: "user_clerk_vera",
  email: "vera@team.example",
  name: "Vera",
  metadata: { role: "viewer" },
};
const get = (headers: Record<string, string>) => call(GET, PATH, { headers });
const put = (body: unknown, headers: Record<string, string>) =>
  call(PUT, PATH, { method: "PUT", body, headers });

test("a member reads back their own choice", async () => {
  expect(await get(asPriya())).toMatchObject({
    status: 200,
    body: { preferences: { mailOnHandover: false }, canMail: false },
  });
  expect(await put({ mailOnHandover: true }, asPriya())).toMatchObject({
    status: 200,
    body: { preferences: { mailOnHandover: true } },
  });
  expect((await get(asPriya())).body).toMatchObject({ preferences: { mailOnHandover: true } });
  expect((await get(clerkIdentity.headersOf("tomas"))).body).toMatchObject({
    preferences: { mailOnHandover: false },
  });
});

test("a new member's first request may be the choice", async () => {
  const ada = bearer(sessionToken({ sub: "user_ada", email: "ada@team.example", name: "Ada" }));
  expect((await put({ mailOnHandover: true }, ada)).status).toBe(200);
  expect((await get(ada)).body).toMatchObject({ preferences: { mailOnHandover: true } });
});

test("a viewer, to whom nobody gives tickets, may read but not change", async () => {
  const headers = bearer(sessionToken(viewer));
  expect(await get(headers)).toMatchObject({ status: 200, body: { preferences: { mailOnHandover: false } } });
  expect(await put({ mailOnHandover: true }, headers)).toMatchObject({
    status: 403,
    body: { reason: "forbidden" },
  });
});

test.each([{}, { mailOnHandover: "yes" }, { mailOnHandover: true, theme: "dark" }])(
  "refuses %j as preferences",
  async (body) => {
    expect(await put(body, asPriya())).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
  },
);
