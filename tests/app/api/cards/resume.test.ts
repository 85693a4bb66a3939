import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { POST } from "@/app/api/cards/resume/route";
import { cardStep } from "@/lib/cards/converge";
import { Card } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { createThread } from "@/tests/support/factories/threads";
import { bearer, clerkIdentity, IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/cards/resume";
const OFF = { DISCORD_WEBHOOK_URL: undefined, DISCORD_API_URL: undefined };
let discord: DiscordStandIn;

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), Card.deleteMany({}), Destination.deleteMany({})]);
  discord = await startDiscordStandIn();
  setEnv({ DISCORD_WEBHOOK_URL: discord.webhookUrl, DISCORD_API_URL: discord.url });
});
afterEach(() => discord.close());
afterAll(() => setEnv(OFF));

const destination = () =>
  Destination.findById(`discord:${discord.webhook.id}`).orFail().lean<StoredDestination>();

/** Cards have been paused for some minutes, and one waits. */
async function pause(): Promise<void> {
  await createThread({ cardsDueAt: new Date() });
  discord.faults.next({ kind: "error", status: 401, code: 50027 }, { times: 2 });
  while ((await cardStep()).worked);
  const minutesAgo = new Date(Date.now() - 5 * 60_000);
  await Destination.updateOne(
    { _id: `discord:${discord.webhook.id}` },
    { $set: { askedAt: minutesAgo, pausedAt: minutesAgo } },
  );
  expect(await destination()).toMatchObject({ pausedReason: "invalid_token" });
}

describe.each(IDENTITIES)("POST /api/cards/resume with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);

  test.each(["priya", "maya"] as const)(
    "lets %s resume cards, and the waiting one is posted",
    async (who) => {
      await pause();
      expect(await post(POST, PATH, {}, headersOf(who))).toMatchObject({
        status: 200,
        body: { success: true, state: "resumed" },
      });
      expect(await destination()).toMatchObject({ pausedReason: null, pausedAt: null });
      while ((await cardStep()).worked);
      expect(discord.messages()).toHaveLength(1);
    },
  );

  test("answers two people who press at once alike, and asks Discord once", async () => {
    await pause();
    const before = discord.requests().length;
    const answers = await Promise.all(
      (["priya", "maya", "tomas"] as const).map((who) => post(POST, PATH, {}, headersOf(who))),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(discord.requests().length).toBe(before + 1);
  });

  test("answers 409 with the remedy if Discord still refuses", async () => {
    await pause();
    discord.channel.deleteWebhook();
    expect(await post(POST, PATH, {}, headersOf("priya"))).toMatchObject({
      status: 409,
      body: {
        reason: "cards_paused",
        error: expect.stringMatching(
          /^Cards stay paused: Discord no longer knows.* set DISCORD_WEBHOOK_URL\.$/,
        ),
      },
    });
    expect(await destination()).toMatchObject({ pausedReason: "unknown_webhook" });
  });

  test("answers 409 with advice if cards are off", async () => {
    setEnv(OFF);
    expect(await post(POST, PATH, {}, headersOf("priya"))).toMatchObject({
      status: 409,
      body: { reason: "cards_off" },
    });
  });
});

test("refuses a viewer, and asks Discord nothing", async () => {
  clerkIdentity.use();
  await pause();
  const before = discord.requests().length;
  const claims = { sub: "user_vera", email: "vera@team.example", name: "Vera", metadata: { role: "viewer" } };
  expect(await post(POST, PATH, {}, bearer(sessionToken(claims)))).toMatchObject({
    status: 403,
    body: { reason: "forbidden" },
  });
  expect(discord.requests().length).toBe(before);
});
