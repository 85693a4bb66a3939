import "server-only";
import { createDiscordClient } from "@/lib/discord/client";
import type { StepResult } from "@/lib/process/followers";
import { processSingleton } from "@/lib/process-singleton";
import type { Clock } from "@/lib/store/clock";
import { firstDue } from "@/lib/store/queue/lease";
import { runNextCard, untilNextCard } from "./card-lease";
import { cardsConfig, type CardsConfig } from "./config";
import { later } from "./consequence";
import {
  destinationId,
  isOpen,
  leaseDestination,
  leasePaused,
  openDestination,
  withLease,
  type Sender,
} from "./destination";
import { isOld, MARKS, runMarks } from "./mark-due";
import { ASK_EVERY_MS, askPaused, isAskDue } from "./pause";
import { takeOver } from "./take-over";
import { bringUpToDate } from "./update-card";

/** How often an idle process makes sure that its webhook is the one in use, in milliseconds. */
const OPENED_FRESH_MS = 30_000;

/** The webhook that was last found in use, and when. */
const opened = processSingleton("cards.opened", () => ({ id: "", at: -Infinity }));

/**
 * Updates the cards in the team's channel from the database: makes the cards of a few changed threads due, or sends at
 * most one request for one due card. Any number of workers may call it; a lease lets one at a time send to a webhook.
 * Without a webhook it does nothing, and changed threads stay marked. `waitMs`: when the next card is due, if known.
 */
export async function cardStep(
  clock: Clock = "$$NOW",
  config: CardsConfig | null = cardsConfig(),
): Promise<StepResult> {
  if (!config) return { worked: false };
  const id = destinationId(config.webhook.id);
  const calledMs = performance.now();
  const [mark, untilNextMs] = await Promise.all([firstDue(MARKS, clock), untilNextCard(id, clock)]);
  const isDue = untilNextMs !== null && untilNextMs <= 0;
  const idle = { worked: false, ...(untilNextMs === null ? {} : { waitMs: untilNextMs }) };
  const isFresh = opened.id === id && performance.now() - opened.at < OPENED_FRESH_MS;
  if (!mark && !isDue && isFresh) return idle;

  // From here, so that slow database calls before a request count towards Discord's pauses; a given time is the call's.
  const startedMs = clock === "$$NOW" ? performance.now() : calledMs;
  const destinations = await openDestination(config, clock);
  if (!destinations) return { worked: false };
  const now = () => later(destinations.now, performance.now() - startedMs);
  const { own } = destinations;
  const client = createDiscordClient({ ...config, contactUrl: config.appUrl });
  const senderWith = (isHeld: () => boolean): Sender => {
    return { destinations, client, appUrl: config.appUrl, clock: now, isHeld };
  };
  if (isAskDue(destinations, now())) {
    const lease = await leasePaused(own._id, clock, ASK_EVERY_MS);
    if (lease) await withLease(lease, () => askPaused(senderWith(lease.isHeld)));
    return { worked: lease !== null };
  }
  const canSend = isOpen(destinations, now());
  if (mark && !(isDue && canSend && isOld(mark, now()))) {
    const marked = await runMarks(id, clock);
    if (marked.worked) return marked;
  }
  if (!canSend) return { worked: false };
  if (own.takenOverAt !== null) Object.assign(opened, { id, at: performance.now() });
  if (own.takenOverAt !== null && !isDue) return idle;

  const lease = await leaseDestination(own._id, clock);
  if (!lease) return { worked: false };
  return withLease(lease, async () => {
    const sender = senderWith(lease.isHeld);
    if (own.takenOverAt === null) return takeOver(sender);
    return runNextCard(destinations, clock, now(), (leased) => bringUpToDate(sender, leased));
  });
}
