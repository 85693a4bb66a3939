import "server-only";
import type { DiscordClient } from "@/lib/discord/client";
import type { DeadReason, Failure } from "@/lib/discord/failure";
import type { StoredCard } from "@/models/CardModel";
import type { CardFailure, Request } from "./consequence";

/** A 404 without a code is retried this often before the webhook is asked about. */
const UNCLEAR_NOT_FOUND_MAX = 2;

/** About the webhook's channel Discord says nothing when it is asked for the webhook, so these count at once. */
const OF_THE_CHANNEL = new Set<DeadReason>(["unknown_channel", "forum_channel"]);

/** True if the failure means that the webhook is dead, and Discord can be asked whether that is so. */
export function isToBeConfirmed(failure: Failure, request: Request, { attempts }: StoredCard): boolean {
  if (failure.kind === "webhook_dead") return !OF_THE_CHANNEL.has(failure.reason);
  return failure.kind === "not_found" && request !== "read" && attempts >= UNCLEAR_NOT_FOUND_MAX;
}

/** Asks Discord for the webhook itself, and returns the failure that counts. */
export async function confirmRefusal(client: DiscordClient): Promise<CardFailure> {
  const answer = await client.check();
  switch (answer.kind) {
    case "webhook_dead":
    case "rate_limited":
    case "blocked":
      return answer;
    case "ok":
      return { kind: "not_confirmed", isKnown: true };
    case "not_found":
    case "intercepted":
    case "invalid":
    case "not_sent":
    case "ambiguous":
    case "gone":
    case "transient":
      return { kind: "not_confirmed", isKnown: false };
  }
}
