import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/card/route";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { createThread, storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/card";
const WEBHOOK_ID = "1357924680";
const DESTINATION = `discord:${WEBHOOK_ID}`;
const WEBHOOK = { DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/${WEBHOOK_ID}/token-of-the-tests` };

afterAll(() => setEnv({ DISCORD_WEBHOOK_URL: undefined }));

/** A ticket whose card somebody deleted. */
async function goneTicket() {
  const thread = await createThread();
  const card = { threadId: thread._id, destinationId: DESTINATION, gen: 0, wantedRevision: 1 };
  await Card.create({ _id: `${thread.id}:${DESTINATION}:0`, ...card, state: "gone" });
  return thread;
}

describe.each(IDENTITIES)("POST /api/emails/card with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(() => {
    use();
    setEnv(WEBHOOK);
  });

  test("records who asked, and says that the card is on its way", async () => {
    const { id: threadId } = await goneTicket();
    expect(await post(POST, PATH, { threadId }, headersOf("priya"))).toMatchObject({
      status: 200,
      body: { success: true, card: "requested", message: "The card is on its way to the channel." },
    });
    expect(await storedThread(threadId)).toMatchObject({
      revision: 2,
      cardRequestRevision: 2,
      cardsDueAt: expect.any(Date),
      history: [{ kind: "card_requested", by: { id: team.priya.id } }],
    });
  });

  test("says that the card is pending if somebody asked already, and records no second request", async () => {
    const { id: threadId } = await goneTicket();
    await post(POST, PATH, { threadId }, headersOf("priya"));
    expect(await post(POST, PATH, { threadId }, headersOf("maya"))).toMatchObject({
      status: 200,
      body: { card: "pending", message: "The card is already being updated." },
    });
    expect(await storedThread(threadId)).toMatchObject({ revision: 2 });
  });

  test("answers a retry with the same key as before", async () => {
    const { id: threadId } = await goneTicket();
    const headers = { ...headersOf("priya"), "idempotency-key": "once" };
    const first = await post(POST, PATH, { threadId }, headers);
    expect((await post(POST, PATH, { threadId }, headers)).body).toEqual(first.body);
    expect(await storedThread(threadId)).toMatchObject({ revision: 2 });
  });

  test("answers 409 with advice while the webhook is paused", async () => {
    const { id: threadId } = await goneTicket();
    await Destination.create({ _id: DESTINATION, webhookId: WEBHOOK_ID, pausedReason: "unknown_webhook" });
    expect(await post(POST, PATH, { threadId }, headersOf("priya"))).toMatchObject({
      status: 409,
      body: { reason: "cards_paused", error: expect.stringContaining("set DISCORD_WEBHOOK_URL") },
    });
    await Destination.deleteMany({});
    expect(await storedThread(threadId)).toMatchObject({ revision: 1 });
  });

  test("answers 409 with advice if cards are off", async () => {
    const { id: threadId } = await goneTicket();
    setEnv({ DISCORD_WEBHOOK_URL: undefined });
    expect(await post(POST, PATH, { threadId }, headersOf("priya"))).toMatchObject({
      status: 409,
      body: { reason: "cards_off", error: expect.stringContaining("set DISCORD_WEBHOOK_URL") },
    });
    setEnv(WEBHOOK);
    expect(await storedThread(threadId)).toMatchObject({ revision: 1 });
  });

  test("answers 404 if there is no such ticket", async () => {
    const answer = await post(POST, PATH, { threadId: "f".repeat(24) }, headersOf("priya"));
    expect(answer).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });
});
