import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { destinationStatus } from "@/lib/cards/status";
import { claimTicket } from "@/lib/tickets/claim";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { DISCORD_LIMITS } from "@/scripts/stand-ins/discord/limits";
import { untilWriteWaits } from "@/tests/support/database/waiting-write";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(async () => {
  // A request before the end of a wait counts as a violation.
  expect(desk.discord.violations()).toEqual([]);
  await desk.discord.close();
});

async function destination(id: string): Promise<StoredDestination> {
  return Destination.findById(id).orFail().lean<StoredDestination>();
}

describe("when Discord says to wait", () => {
  test("sends nothing until the wait is over, and then corrects the card", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 40, scope: "shared" });
    await desk.work();
    desk.clock.advance(39_000);
    await claimTicket(id, priya);
    await desk.work();
    expect(desk.requests()).toEqual(["POST"]);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(desk.requests()).toEqual(["POST", "POST"]);
  });

  test("counts the wait from the answer, however long the database took before the request", async () => {
    await desk.mailArrives();
    await desk.step();
    const session = await mongoose.startSession();
    session.startTransaction();
    await Destination.updateOne({ webhookId: desk.discord.webhook.id }, { applicationId: "1" }, { session });
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 20, scope: "shared" });
    const step = desk.step();
    await untilWriteWaits(Destination);
    const monotonic = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => monotonic() + 5_000);
    desk.clock.advance(5_000);
    const letGoAt = desk.clock.now().getTime();
    await session.commitTransaction();
    await session.endSession();
    await step;
    expect(desk.requests()).toEqual(["POST"]);
    const { blockedUntil } = await destination(`discord:${desk.discord.webhook.id}`);
    expect(blockedUntil?.getTime()).toBeGreaterThanOrEqual(letGoAt + 20_000);
  });

  test("does not count a wait as a failed attempt", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 1, scope: "user" }, { times: 5 });
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      attempts: 0,
      uncertainPosts: 0,
      lastError: null,
    });
  });

  test("keeps a global wait for all webhooks", async () => {
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 20, scope: "global" });
    const asked = desk.clock.now().getTime();
    await desk.work();
    const { blockedUntil } = await destination("discord");
    expect(blockedUntil?.getTime()).toBeGreaterThanOrEqual(asked + 20_000);
  });

  test("keeps 36 tickets at once within the limit of the webhook and the hidden one of the channel", async () => {
    await desk.discord.close();
    desk = await CardDesk.start({ limits: DISCORD_LIMITS });
    const ids = [];
    for (let made = 0; made < 36; made += 1) ids.push(await desk.mailArrives());
    await desk.settle();
    expect(ids.every((id) => desk.messagesOf(id).length === 1)).toBe(true);
    const refused = desk.discord.requests().filter(({ status }) => status === 429);
    expect(refused.length).toBeLessThan(3);
  });

  test("the small limit for old messages holds back old messages only", async () => {
    const old = [await desk.mailArrives(), await desk.mailArrives()];
    await desk.settle();
    desk.clock.advance(2 * 3_600_000);
    for (const id of old) await claimTicket(id, priya);
    await desk.work();
    desk.clock.advance(800);
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 60, scope: "shared", code: 30046 });
    await desk.work();
    const fresh = await desk.mailArrives();
    await desk.work();
    expect(desk.messagesOf(fresh)).toHaveLength(1);
    expect(desk.requests()).toEqual(["POST", "POST", "PATCH", "POST"]);
    await desk.settle();
    for (const id of old) expect(desk.textOf(id)).toContain("Claimed by");
  });
});

describe("when Cloudflare blocks this machine", () => {
  test.each(["json", "html"] as const)(
    "(%s) sends nothing for 15 minutes, and for 30 the next time",
    async (as) => {
      const id = await desk.mailArrives();
      desk.discord.faults.next({ kind: "turned_away", as }, { times: 2 });
      await desk.work();
      desk.clock.advance(14.9 * 60_000);
      await desk.work();
      expect(desk.requests()).toHaveLength(1);
      desk.clock.advance(0.2 * 60_000);
      await desk.work();
      expect(await destinationStatus(desk.clock.now(), desk.config)).toMatchObject({ state: "blocked" });
      desk.clock.advance(29.5 * 60_000);
      await desk.work();
      expect(desk.requests()).toHaveLength(2);
      await desk.settle();
      expect(desk.messagesOf(id)).toHaveLength(1);
      expect(await destination("discord")).toMatchObject({ blocks: 0 });
    },
  );
});
