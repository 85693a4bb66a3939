import "server-only";
import type { DeadReason } from "@/lib/discord/failure";
import type { Clock } from "@/lib/store/clock";
import type { CardsStatus } from "@/lib/api/contracts";
import { Card } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { cardsConfig, type CardsConfig } from "./config";
import { ALL_OF_DISCORD, destinationId } from "./destination";
import { nextAskAt } from "./pause";

const PAUSED: Record<DeadReason, string> = {
  unknown_webhook: "Discord no longer knows the webhook.",
  invalid_token: "Discord refuses the webhook's token.",
  forbidden: "Discord does not let the webhook post.",
  unknown_channel: "The webhook's channel is gone.",
  forum_channel: "The webhook's channel is a forum; cards need a text channel.",
};
/** Helps if Discord goes on refusing the webhook. */
export const REMEDY = "Make a new webhook in the channel's settings and set DISCORD_WEBHOOK_URL.";

/** The sentence for the reason stored with a paused webhook. */
export function pausedReasonOf(reason: string | null): string {
  return PAUSED[reason as DeadReason] ?? "Discord refuses the webhook.";
}

/** Shorter pauses are ordinary and not mentioned, in milliseconds. */
const NOTABLE_BLOCK_MS = 60_000;
const COUNT_MAX = 1_000;

/** Whether cards are kept up to date; if not, why, and what a person can do about it. */
export async function destinationStatus(
  clock: Clock = "$$NOW",
  config: CardsConfig | null = cardsConfig(),
): Promise<CardsStatus> {
  if (!config) return { state: "off" };
  const id = destinationId(config.webhook.id);
  const waitMs = { $subtract: ["$blockedUntil", clock] };
  const [rows, failedCards] = await Promise.all([
    Destination.aggregate<StoredDestination & { waitMs: number | null }>([
      { $match: { _id: { $in: [id, ALL_OF_DISCORD] } } },
      { $set: { waitMs } },
    ]),
    Card.countDocuments({ destinationId: id, state: "dead" }, { limit: COUNT_MAX }),
  ]);
  const own = rows.find((row) => row._id === id);
  if (own?.pausedReason) {
    const reason = own.pausedReason;
    const message = `${pausedReasonOf(reason)} Cards are not kept up to date. ${REMEDY}`;
    const since = own.pausedAt?.toISOString() ?? null;
    const nextTryAt = nextAskAt(own)?.toISOString() ?? null;
    return { state: "paused", since, nextTryAt, reason, message, failedCards };
  }
  const [longest] = rows.sort((one, other) => (other.waitMs ?? 0) - (one.waitMs ?? 0));
  if (!longest?.blockedUntil || (longest.waitMs ?? 0) < NOTABLE_BLOCK_MS)
    return { state: "working", failedCards };
  const message = "Discord asked us to wait. Cards catch up by themselves.";
  return { state: "blocked", until: longest.blockedUntil.toISOString(), message, failedCards };
}
