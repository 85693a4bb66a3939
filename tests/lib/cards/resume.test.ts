import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resumeCards } from "@/lib/cards/resume";
import { destinationStatus } from "@/lib/cards/status";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { CardDesk } from "@/tests/support/cards/cards";

let desk: CardDesk;
const MINUTE_MS = 60_000;
const INVALID_TOKEN: Fault = { kind: "error", status: 401, code: 50027 };

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

const press = () => resumeCards({ config: desk.config, clock: desk.clock.now() });
const status = () => destinationStatus(desk.clock.now(), desk.config);

/** A ticket whose card was refused, so that cards have been paused for a minute. */
async function pausedTicket() {
  const id = await desk.mailArrives();
  desk.discord.faults.next(INVALID_TOKEN, { method: "POST" });
  desk.discord.faults.next(INVALID_TOKEN, { method: "GET" });
  await desk.settle();
  desk.clock.advance(MINUTE_MS);
  expect(await status()).toMatchObject({ state: "paused" });
  return id;
}

describe("Resume", () => {
  test("ends the pause if Discord knows the webhook, and the waiting card is posted at once", async () => {
    const id = await pausedTicket();
    expect(await press()).toEqual({ ok: true, value: "resumed" });
    expect(await status()).toMatchObject({ state: "working" });
    await desk.work();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.requests()).toEqual(["POST", "GET", "GET", "POST"]);
  });

  test("does not let cards wait for the rest of their back-off", async () => {
    const id = await pausedTicket();
    const dueAt = new Date(desk.clock.now().getTime() + 10 * MINUTE_MS);
    await Card.updateMany({}, { $set: { attempts: 9, dueAt } });
    await press();
    await desk.work();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("says that Discord still refuses, with the remedy, and the pause goes on", async () => {
    await desk.mailArrives();
    desk.discord.channel.deleteWebhook();
    await desk.settle();
    desk.clock.advance(MINUTE_MS);
    expect(await press()).toEqual({
      ok: false,
      failure: {
        reason: "cards_paused",
        detail:
          "Cards stay paused: Discord no longer knows the webhook. Make a new webhook in the channel's settings and set DISCORD_WEBHOOK_URL.",
      },
    });
    expect(await status()).toMatchObject({ state: "paused", reason: "unknown_webhook" });
  });

  test("asks Discord once in ten seconds, however often somebody presses", async () => {
    await pausedTicket();
    desk.discord.faults.next(INVALID_TOKEN, { method: "GET" });
    const first = await press();
    expect(await press()).toEqual(first);
    expect(first).toMatchObject({ ok: false, failure: { detail: expect.stringContaining("token") } });
    expect(desk.requests()).toEqual(["POST", "GET", "GET"]);
    desk.clock.advance(11_000);
    expect(await press()).toMatchObject({ ok: true });
  });

  test("starts the hour anew that the desk waits until it asks by itself", async () => {
    await pausedTicket();
    desk.discord.faults.next(INVALID_TOKEN, { method: "GET" });
    await press();
    desk.clock.advance(59 * MINUTE_MS);
    await desk.work();
    expect(desk.requests()).toEqual(["POST", "GET", "GET"]);
  });

  test.each<[string, Fault]>([
    ["a proxy's page", { kind: "error", status: 403 }],
    ["a lost connection", { kind: "reset", when: "before" }],
  ])("says that Discord gave no clear answer if it gets %s", async (_, fault) => {
    await pausedTicket();
    desk.discord.faults.next(fault, { method: "GET" });
    expect(await press()).toMatchObject({
      ok: false,
      failure: { reason: "cards_paused", detail: expect.stringContaining("no clear answer") },
    });
    expect(await status()).toMatchObject({ state: "paused", reason: "invalid_token" });
  });

  test.each([
    ["knows the webhook", null],
    ["refuses it", INVALID_TOKEN],
  ])("pressed by two people at once asks once, and both learn that Discord %s", async (_, fault) => {
    await pausedTicket();
    const { faults } = desk.discord;
    if (fault) faults.next(fault, { method: "GET" });
    else faults.next({ kind: "held" });
    const isHeld = fault ? Promise.resolve() : faults.held();
    const presses = [press(), press()];
    await isHeld;
    faults.letGo();
    const [one, other] = await Promise.all(presses);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ ok: fault === null });
    expect(desk.requests()).toEqual(["POST", "GET", "GET"]);
  });

  test("is a success without a request if cards are not paused", async () => {
    await desk.postedTicket();
    expect(await press()).toEqual({ ok: true, value: "resumed" });
    expect(desk.requests()).toEqual(["POST"]);
  });

  test("asks nothing while Discord blocks this machine", async () => {
    await pausedTicket();
    const blockedUntil = new Date(desk.clock.now().getTime() + MINUTE_MS);
    await Destination.updateMany({}, { $set: { blockedUntil } });
    expect(await press()).toMatchObject({
      ok: false,
      failure: { detail: expect.stringContaining("asked us to wait") },
    });
    expect(desk.requests()).toEqual(["POST", "GET"]);
  });

  test("says that cards are off without a webhook", async () => {
    expect(await resumeCards({ config: null })).toMatchObject({ failure: { reason: "cards_off" } });
  });
});
