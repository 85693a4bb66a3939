import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ALL_OF_DISCORD } from "@/lib/cards/destination";
import { destinationStatus } from "@/lib/cards/status";
import { claimTicket } from "@/lib/tickets/claim";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const INVALID_TOKEN: Fault = { kind: "error", status: 401, code: 50027 };

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

const status = () => destinationStatus(desk.clock.now(), desk.config);

/** Discord refuses the next post, and the next question about the webhook. */
function refuseTwice(fault: Fault): void {
  desk.discord.faults.next(fault, { method: "POST" });
  desk.discord.faults.next(fault, { method: "GET" });
}

async function pausedTicket() {
  const id = await desk.mailArrives();
  refuseTwice(INVALID_TOKEN);
  await desk.settle();
  expect(await status()).toMatchObject({ state: "paused" });
  return id;
}

describe("an answer of something between the desk and Discord", () => {
  const answers: [string, Fault][] = [
    ["a page of 401", { kind: "error", status: 401 }],
    ["a page of 403", { kind: "error", status: 403 }],
    ["JSON without a code", { kind: "foreign", status: 403, body: { error: "forbidden" } }],
    ["JSON with a foreign code", { kind: "foreign", status: 401, body: { code: 401, message: "Sign in" } }],
    ["a code of Discord's without its sentence", { kind: "foreign", status: 403, body: { code: 50013 } }],
  ];
  test.each(answers)(
    "pauses nothing if it is %s: the card says so, and is posted later",
    async (_, fault) => {
      const id = await desk.mailArrives();
      desk.discord.faults.next(fault, { times: 4 });
      await desk.work();
      expect(await desk.cardOf(id)).toMatchObject({
        state: "new",
        lastError: expect.stringMatching(/between the desk and Discord refused the card \(40[13]\)/),
      });
      expect(await status()).toMatchObject({ state: "working" });
      await desk.settle();
      expect(desk.requests()).toEqual(["POST", "POST", "POST", "POST", "POST"]);
      expect(desk.messagesOf(id)).toHaveLength(1);
      expect(await desk.cardOf(id)).toMatchObject({ state: "live", lastError: null, uncertainPosts: 0 });
    },
  );

  test("is retried for a day, less and less often, and then told", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 403 }, { times: 1_000 });
    await desk.settle(HOUR_MS);
    expect(desk.requests().length).toBeGreaterThan(6);
    expect(desk.requests().length).toBeLessThan(60);
    await Card.updateMany(
      {},
      { $set: { failingSince: new Date(desk.clock.now().getTime() - 24 * HOUR_MS) } },
    );
    await desk.settle(HOUR_MS);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "dead",
      lastError: "Something between the desk and Discord refused the card (403) for a day.",
    });
  });
});

describe("a refusal of Discord itself", () => {
  const codes: [number, number, string][] = [
    [401, 50027, "invalid_token"],
    [403, 50001, "forbidden"],
    [403, 50013, "forbidden"],
    [404, 10015, "unknown_webhook"],
  ];
  test.each(codes)(
    "of %d with code %d pauses nothing while Discord knows the webhook",
    async (httpStatus, code) => {
      const id = await desk.mailArrives();
      desk.discord.faults.next({ kind: "error", status: httpStatus, code });
      await desk.settle(1_000);
      expect(desk.requests()).toEqual(["POST", "GET"]);
      expect(await status()).toMatchObject({ state: "working" });
      expect(await desk.cardOf(id)).toMatchObject({
        lastError: expect.stringContaining("it knows the webhook"),
      });
      await desk.settle();
      expect(desk.messagesOf(id)).toHaveLength(1);
      expect(await desk.cardOf(id)).toMatchObject({ state: "live", lastError: null });
    },
  );

  test.each(codes)(
    "of %d with code %d pauses cards if Discord repeats it",
    async (httpStatus, code, reason) => {
      const id = await desk.mailArrives();
      refuseTwice({ kind: "error", status: httpStatus, code });
      await desk.settle();
      await claimTicket(id, priya);
      desk.clock.advance(59 * MINUTE_MS);
      await desk.settle();
      expect(desk.requests()).toEqual(["POST", "GET"]);
      expect(await status()).toMatchObject({
        state: "paused",
        reason,
        message: expect.stringContaining("DISCORD_WEBHOOK_URL"),
      });
    },
  );

  test.each<[string, Fault]>([
    ["a proxy's page of 403", { kind: "error", status: 403 }],
    ["503", { kind: "status", status: 503, when: "before" }],
    ["a lost connection", { kind: "reset", when: "before" }],
  ])("pauses nothing if the question about it meets %s", async (_, fault) => {
    const id = await desk.mailArrives();
    desk.discord.faults.next(INVALID_TOKEN, { method: "POST" });
    desk.discord.faults.next(fault, { method: "GET" });
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("that it does not repeat holds back every card for half a minute", async () => {
    for (let mails = 0; mails < 5; mails += 1) await desk.mailArrives();
    desk.discord.faults.next(INVALID_TOKEN, { method: "POST", times: 2 });
    await desk.settle(29_000);
    expect(desk.requests()).toEqual(["POST", "GET"]);
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(5);
  });

  test("of an edit pauses nothing while Discord knows the webhook", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next(INVALID_TOKEN, { method: "PATCH" });
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
  });

  test.each([
    [404, 10003, "unknown_channel"],
    [400, 220001, "forum_channel"],
  ])(
    "of the channel (%d, code %d) pauses cards at once: the webhook says nothing of it",
    async (s, code, reason) => {
      await desk.mailArrives();
      desk.discord.faults.next({ kind: "error", status: s, code });
      await desk.settle();
      expect(desk.requests()).toEqual(["POST"]);
      expect(await status()).toMatchObject({ state: "paused", reason });
    },
  );

  test("without a code is taken for a lost webhook only if Discord says so the third time", async () => {
    const ids = [await desk.mailArrives(), await desk.mailArrives()];
    desk.discord.faults.next({ kind: "error", status: 404 }, { method: "POST", times: 8 });
    await desk.settle();
    for (const id of ids) expect(desk.messagesOf(id)).toHaveLength(1);

    const lost = await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 404 }, { method: "POST", times: 3 });
    desk.discord.faults.next({ kind: "error", status: 404, code: 10015 }, { method: "GET" });
    await desk.settle();
    expect(desk.messagesOf(lost)).toHaveLength(0);
    expect(await status()).toMatchObject({ state: "paused", reason: "unknown_webhook" });
  });
});

describe("a pause", () => {
  test("ends by itself after an hour if Discord knows the webhook, and the waiting card is posted", async () => {
    const id = await pausedTicket();
    desk.clock.advance(HOUR_MS);
    await desk.settle();
    expect(desk.requests()).toEqual(["POST", "GET", "GET", "POST"]);
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await status()).toMatchObject({ state: "working" });
  });

  test("goes on with one question an hour while Discord does not know the webhook", async () => {
    await desk.mailArrives();
    desk.discord.channel.deleteWebhook();
    await desk.settle();
    const before = await status();
    if (before.state !== "paused" || !before.nextTryAt || !before.since)
      throw new Error("Cards are not paused");
    expect(Date.parse(before.nextTryAt) - Date.parse(before.since)).toBe(HOUR_MS);

    for (const questions of [1, 2, 3]) {
      desk.clock.advance(59 * MINUTE_MS);
      await desk.work();
      expect(desk.requests()).toHaveLength(1 + questions);
      desk.clock.advance(MINUTE_MS);
      await desk.work();
      await desk.work();
      expect(desk.requests().slice(1)).toEqual(Array.from({ length: 1 + questions }, () => "GET"));
    }
    const after = await status();
    expect(after).toMatchObject({ state: "paused", since: before.since, reason: "unknown_webhook" });
    expect(after.state === "paused" && after.nextTryAt).not.toBe(before.nextTryAt);
  });

  test("of a channel that was replaced ends after an hour, and begins anew if it is still refused", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 400, code: 220001 }, { method: "POST", times: 2 });
    await desk.settle();
    desk.clock.advance(HOUR_MS);
    await desk.work();
    expect(desk.requests()).toEqual(["POST", "GET", "POST"]);
    expect(await status()).toMatchObject({ state: "paused", reason: "forum_channel" });
    desk.clock.advance(HOUR_MS);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("that an earlier version began for good is looked into at once", async () => {
    const id = await pausedTicket();
    await Destination.updateMany({}, { $unset: { askedAt: 1 } });
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("waits for the end of a block of this machine before it asks", async () => {
    const id = await pausedTicket();
    const until = new Date(desk.clock.now().getTime() + 2 * HOUR_MS);
    await Destination.updateOne({ _id: ALL_OF_DISCORD }, { $set: { blockedUntil: until } });
    desk.clock.advance(HOUR_MS);
    await desk.work();
    expect(desk.requests()).toEqual(["POST", "GET"]);
    desk.clock.advance(HOUR_MS);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("ends at once with a new token, and the waiting card is posted", async () => {
    const id = await pausedTicket();
    desk.discord.channel.webhook.token = "another-token";
    desk.clock.advance(MINUTE_MS);
    desk.replaceWebhook(desk.discord);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});
