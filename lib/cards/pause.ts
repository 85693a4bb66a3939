import "server-only";
import type { DeadReason } from "@/lib/discord/failure";
import { log } from "@/lib/log";
import { trusted } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { hurryWaitingCards } from "./card-lease";
import { later } from "./consequence";
import { blockDestination, blockMachine, isBlocked, type Destinations, type Sender } from "./destination";

/** Discord restricts clients that keep asking about a dead webhook, so it is asked once an hour. */
export const ASK_EVERY_MS = 3_600_000;

/** Stops all requests until Discord knows the webhook again or another one is configured. */
export async function pauseDestination(
  { _id, tokenHash }: StoredDestination,
  reason: DeadReason,
  at: Date,
): Promise<void> {
  log.error({ destination: _id, reason }, "discord webhook paused");
  const paused = { pausedReason: reason, pausedAt: at, askedAt: at };
  await settleOutcome(() => Destination.updateOne({ _id, tokenHash, pausedReason: null }, { $set: paused }));
}

/** When Discord is asked again about a paused webhook. */
export function nextAskAt({
  askedAt,
  pausedAt,
}: Pick<StoredDestination, "askedAt" | "pausedAt">): Date | null {
  const since = askedAt ?? pausedAt;
  return since && later(since, ASK_EVERY_MS);
}

/** True if the webhook is paused and it is time to ask Discord about it. */
export function isAskDue(destinations: Destinations, now: Date): boolean {
  const { pausedReason, askedAt } = destinations.own;
  if (pausedReason === null || isBlocked(destinations, now)) return false;
  return !askedAt || later(askedAt, ASK_EVERY_MS) <= now;
}

/**
 * Asks Discord about a paused webhook, under a lease of `leasePaused`. If Discord knows it, cards are sent again, and
 * waiting ones at once. Otherwise the pause goes on.
 */
export async function askPaused({
  destinations,
  client,
  clock,
}: Sender): Promise<{ kind: "resumed" | "unclear" } | { kind: "refused"; reason: DeadReason }> {
  const { own } = destinations;
  const answer = await client.check();
  const at = clock();
  switch (answer.kind) {
    case "ok":
      await resume(own, at);
      return { kind: "resumed" };
    case "webhook_dead":
      await settleOutcome(() =>
        Destination.updateOne(
          { _id: own._id, tokenHash: own.tokenHash, pausedReason: trusted({ $ne: null }) },
          { $set: { pausedReason: answer.reason } },
        ),
      );
      return { kind: "refused", reason: answer.reason };
    case "rate_limited":
      await blockDestination(own._id, later(at, answer.retryAfterMs), answer.scope === "global");
      return { kind: "unclear" };
    case "blocked":
      await blockMachine(destinations, at);
      return { kind: "unclear" };
    case "not_found":
    case "intercepted":
    case "invalid":
    case "not_sent":
    case "ambiguous":
    case "gone":
    case "transient":
      return { kind: "unclear" };
  }
}

async function resume({ _id, tokenHash }: StoredDestination, at: Date): Promise<void> {
  log.info({ destination: _id }, "discord webhook resumed");
  const resumed = { pausedReason: null, pausedAt: null, askedAt: null };
  await settleOutcome(() => Destination.updateOne({ _id, tokenHash }, { $set: resumed }));
  await hurryWaitingCards(_id, at);
}
