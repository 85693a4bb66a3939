import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type { FailureOf } from "@/lib/api/refusals";
import { createDiscordClient } from "@/lib/discord/client";
import { fail, ok, type Result } from "@/lib/result";
import type { Clock } from "@/lib/store/clock";
import type { StoredDestination } from "@/models/DestinationModel";
import { cardsConfig, type CardsConfig } from "./config";
import { later } from "./consequence";
import {
  isBlocked,
  isLater,
  leasePaused,
  openDestination,
  withLease,
  type Destinations,
} from "./destination";
import { askPaused } from "./pause";
import { pausedReasonOf, REMEDY } from "./status";

/** Discord is asked no more often than this, however many people ask for it. */
const ASK_GAP_MS = 10_000;
/** A person waits for the answer, so this is shorter than for other requests. */
const TIMEOUT_MS = 8_000;
/** Longest wait for somebody else's question, and the pause between two looks at its outcome, in milliseconds. */
const WAIT_MAX_MS = 9_000;
const LOOK_MS = 200;

type ResumeFailure = FailureOf<"cards_off" | "cards_paused">;
type Outcome = Result<"resumed", ResumeFailure>;

/**
 * Asks Discord now whether it knows the paused webhook; if so, cards are sent again. Of simultaneous calls one asks, and
 * all learn the outcome. A success, without a request, if cards are not paused.
 */
export async function resumeCards({
  config = cardsConfig(),
  clock = "$$NOW",
}: { config?: CardsConfig | null; clock?: Clock } = {}): Promise<Outcome> {
  if (!config) return fail({ reason: "cards_off" });
  const startedMs = performance.now();
  for (let isRefused = false; ;) {
    const destinations = await openDestination(config, clock);
    if (!destinations) return refused("another webhook is in use by now. Load the page again.");
    const { own, now } = destinations;
    if (own.pausedReason === null) return ok("resumed");
    if (isBlocked(destinations, now)) return refused("Discord asked us to wait. Try again in some minutes.");
    const isLeased = isLater(own.leaseUntil, now);
    if (isRefused && !isLeased) return refusedBy(own);
    if (performance.now() - startedMs > WAIT_MAX_MS) return NO_CLEAR_ANSWER;

    const lease = await leasePaused(own._id, clock, ASK_GAP_MS);
    if (lease) return withLease(lease, () => ask(destinations, config, lease.isHeld));
    isRefused = true;
    if (isLeased) await sleep(LOOK_MS);
  }
}

async function ask(destinations: Destinations, config: CardsConfig, isHeld: () => boolean): Promise<Outcome> {
  const startedMs = performance.now();
  const clock = () => later(destinations.now, performance.now() - startedMs);
  const client = createDiscordClient({ timeoutMs: TIMEOUT_MS, ...config, contactUrl: config.appUrl });
  const answer = await askPaused({ destinations, client, appUrl: config.appUrl, clock, isHeld });
  switch (answer.kind) {
    case "resumed":
      return ok("resumed");
    case "refused":
      return refusedBy({ pausedReason: answer.reason });
    case "unclear":
      return NO_CLEAR_ANSWER;
  }
}

function refused(why: string): Outcome {
  return fail({ reason: "cards_paused", detail: `Cards stay paused: ${why}` });
}

const NO_CLEAR_ANSWER = refused("Discord gave no clear answer. Try again in a minute.");

function refusedBy({ pausedReason }: Pick<StoredDestination, "pausedReason">): Outcome {
  return refused(`${pausedReasonOf(pausedReason)} ${REMEDY}`);
}
