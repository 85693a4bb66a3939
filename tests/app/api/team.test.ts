import { beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/team/route";
import { Member } from "@/models/MemberModel";
import { clerkIdentity, demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

const read = (headers: Record<string, string>) => call(GET, "/api/team", { headers });

describe("GET /api/team", () => {
  test("lists the demo's people before any of them has signed in, and marks the caller", async () => {
    demoIdentity.use();
    const { status, body } = await read(demoIdentity.headersOf("priya"));
    expect(status).toBe(200);
    const { maya, priya, tomas } = demoIdentity.team;
    expect(body).toStrictEqual({
      members: [
        { ...maya, isYou: false },
        { ...priya, isYou: true },
        { ...tomas, isYou: false },
      ],
    });
  });

  describe("with Clerk", () => {
    beforeAll(clerkIdentity.use);

    test("lists everybody seen on the team, without the demo's people and without removed members", async () => {
      await read(clerkIdentity.headersOf("maya"));
      await read(clerkIdentity.headersOf("tomas"));
      await Member.updateOne({ _id: clerkIdentity.team.tomas.id }, { removedAt: new Date() });
      const { body } = await read(clerkIdentity.headersOf("priya"));
      const { maya, priya } = clerkIdentity.team;
      expect(body).toStrictEqual({
        members: [
          { ...maya, isYou: false },
          { ...priya, isYou: true },
        ],
      });
    });

    test("refuses a member whom another process has removed", async () => {
      const { maya } = clerkIdentity.team;
      const answer = () => read(clerkIdentity.headersOf("maya"));
      expect((await answer()).status).toBe(200);
      await Member.updateOne({ _id: maya.id }, { removedAt: new Date() });
      await expect
        .poll(answer, { timeout: 2_000 })
        .toMatchObject({ status: 403, body: { reason: "not_on_team" } });
      await Member.updateOne({ _id: maya.id }, { removedAt: null });
      await expect.poll(answer, { timeout: 2_000 }).toMatchObject({ status: 200 });
    });
  });

  test("answers 400 to an unknown query parameter", async () => {
    demoIdentity.use();
    expect((await call(GET, "/api/team?x=1", { headers: demoIdentity.headersOf("maya") })).status).toBe(400);
  });
});
