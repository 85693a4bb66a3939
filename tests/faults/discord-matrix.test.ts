import { afterAll, afterEach, describe, expect, test } from "vitest";
import { LATE_EDIT_MS } from "@/lib/cards/late-edit";
import { trusted } from "@/lib/store/db";
import { claimTicket } from "@/lib/tickets/claim";
import type { ThreadId } from "@/lib/api/contracts";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { CardWatch } from "@/tests/support/cards/card-watch";
import { CardDesk } from "@/tests/support/cards/cards";
import { Watch } from "@/tests/support/desk/no-harm";
import { member, storedThread } from "@/tests/support/factories/threads";
import { DISCORD_FAULTS, type DiscordFault } from "./discord-faults";

/** If Discord never answers. Otherwise a busy machine must not make an answer late. */
const IMPATIENT_MS = 400;
const PATIENT_MS = 10_000;
/** Time that a step may take besides its request, on a busy machine. */
const SLACK_MS = 5_000;

const priya = member("Priya Nair");
const watch = new Watch("Discord");
let desk: CardDesk;

afterEach(() => desk.discord.close());
afterAll(() => watch.end());

describe("a card", () => {
  test.each(DISCORD_FAULTS)("ends $ends if Discord $discord at a $on", async (fault) => {
    const timeoutMs = isSilent(fault) ? IMPATIENT_MS : PATIENT_MS;
    desk = await CardDesk.start({ timeoutMs });
    const steps = new CardWatch(desk);
    const id = await openTicket(fault);
    const heal = await strike(fault, id);

    // The ticket changes meanwhile, so that the card at the end differs from every earlier one.
    if (fault.on === "PATCH") await claimTicket(id, priya);
    await desk.settle(2_000);
    await setTicketStatus(id, "resolved", priya);
    await desk.settle(fault.times ? 3_600_000 : LATE_EDIT_MS - 2_000);
    watch.count();

    await heal();
    if (fault.ends === "paused") await expectPause(id, fault);
    await desk.settle();
    desk.landLateEdits();

    await expectEnd(fault, id);
    expect(desk.discord.pings()).toEqual([]);
    expect(desk.discord.violations()).toEqual([]);
    expect(desk.discord.inFlightMax()).toBe(1);
    expect(steps.breaches).toEqual([]);
    expect(steps.slowestMs).toBeLessThan(IMPATIENT_MS + SLACK_MS);
  });

  test("the matrix has at least 24 faults, each once", () => {
    const names = DISCORD_FAULTS.map(({ on, discord }) => `${on} ${discord}`);
    expect(new Set(names).size).toBe(DISCORD_FAULTS.length);
    expect(DISCORD_FAULTS.length).toBeGreaterThanOrEqual(24);
  });
});

function isSilent({ meets }: DiscordFault): boolean {
  return typeof meets === "object" && (meets.kind === "hang" || meets.kind === "drip");
}

/** Opens a ticket. For a fault of an edit its card is in the channel, otherwise it is about to be posted. */
async function openTicket({ on }: DiscordFault): Promise<ThreadId> {
  const id = await desk.mailArrives({ excerpt: "@everyone is it broken? <@123456789012345678>" });
  if (on === "PATCH") await desk.settle(10_000);
  return id;
}

/** Makes Discord misbehave. Returns a function that ends it. */
async function strike(
  { meets, on, times, isConfirmed }: DiscordFault,
  id: ThreadId,
): Promise<() => Promise<void>> {
  const { discord } = desk;
  if (meets === "message_deleted")
    desk.messagesOf(id).forEach((message) => discord.channel.deleteMessage(message.id));
  else if (meets === "webhook_deleted") discord.channel.deleteWebhook();
  else if (meets === "nobody_listens") {
    await discord.goAway();
    return discord.comeBack;
  } else {
    discord.faults.next(meets, { method: on, times });
    if (isConfirmed) discord.faults.next(meets, { method: "GET" });
  }
  return () => {
    discord.faults.clear();
    discord.faults.land();
    return Promise.resolve();
  };
}

/** Nothing is sent for an hour. Then Discord is asked once, and only if it knows the webhook the pause is over. */
async function expectPause(id: ThreadId, { meets }: DiscordFault): Promise<void> {
  const isPaused = async () =>
    (await Destination.exists({ pausedReason: null, _id: trusted({ $ne: "discord" }) })) === null;
  expect(await isPaused()).toBe(true);
  const before = desk.discord.requests().length;
  await desk.customerWrites(id, "Anybody there?");
  desk.clock.advance(55 * 60_000);
  await desk.work();
  expect(desk.discord.requests().length).toBe(before);
  desk.clock.advance(5 * 60_000);
  await desk.step();
  expect(desk.requests().slice(before)).toEqual(["GET"]);
  expect(await isPaused()).toBe(meets === "webhook_deleted");
}

async function expectEnd({ ends, meets, messagesMax }: DiscordFault, id: ThreadId): Promise<void> {
  const card = await desk.cardOf(id);
  const messages = desk.messagesOf(id);
  expect(messages.length).toBeLessThanOrEqual(messagesMax);
  expect(messages.length).toBeLessThanOrEqual(1 + card.uncertainPosts);
  if (meets === "webhook_deleted") return expect(await storedThread(id)).toMatchObject({ status: "open" });
  if (ends === "dead" || ends === "gone") {
    expect(card).toMatchObject({ state: ends, dueAt: null });
    expect(card.lastError).toMatch(/.{10,}/);
    return;
  }
  expect(card).toMatchObject({ state: "live", dueAt: null, leaseId: null });
  const shown = messages.find((message) => message.id === card.messageId);
  expect(shown?.content).toBe(await desk.expectedText(id));
  expect(
    await Card.countDocuments({ threadId: card.threadId, state: "live" } satisfies Partial<StoredCard>),
  ).toBe(1);
}
