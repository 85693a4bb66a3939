import { beforeAll, describe, expect, test } from "vitest";
import { POST as claim } from "@/app/api/emails/claim/route";
import { visitsStored } from "@/lib/auth/member-profile";
import { isStandingKnown } from "@/lib/auth/standing-memory";
import { RateLimit } from "@/models/RateLimitModel";
import { commandsOf } from "@/tests/support/database/commands";
import { createThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

describe.each(IDENTITIES)("with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  test("a second claim by the same member costs exactly one command", async () => {
    const headers = headersOf("priya");
    const claimOne = async () => {
      const { id } = await createThread();
      return (await post(claim, "/api/emails/claim", { threadId: id }, headers)).status;
    };
    expect(await claimOne()).toBe(200);
    await expect.poll(() => isStandingKnown(), { timeout: 10_000 }).toBe(true);
    await visitsStored();
    const key = { key: `change:POST /api/emails/claim ${team.priya.id}` };
    await expect.poll(() => RateLimit.exists(key)).toBeTruthy();
    expect(await claimOne()).toBe(200);

    const { id } = await createThread();
    const commands = await commandsOf(() => post(claim, "/api/emails/claim", { threadId: id }, headers));
    expect(commands.map(({ name, collection }) => `${name} ${collection}`)).toEqual([
      "findAndModify emailthreads",
    ]);
  });
});
