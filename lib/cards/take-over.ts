import "server-only";
import { trusted } from "@/lib/store/db";
import { ACTIVE_STATUSES } from "@/lib/api/vocabulary";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { later } from "./consequence";
import { blockDestination, type Sender } from "./destination";
import { pauseDestination } from "./pause";

const BATCH = 100;
/** Pause before Discord is asked again about the new webhook if it gave no answer, in milliseconds. */
const ASK_AGAIN_MS = 30_000;

/**
 * Moves to a new webhook. Cards of the old one can no longer be edited, so they count as gone; tickets that are not
 * resolved get a card in the new channel, and so do tickets that had a card there before. Handles one batch per call,
 * threads before cards, so a crash in between repeats it. Starts only after Discord confirmed the new webhook: a
 * mistyped address must not cost the old cards.
 */
export async function takeOver(sender: Sender): Promise<{ worked: boolean }> {
  const now = sender.clock();
  const here = sender.destinations.own._id;
  const left = await Card.find({
    destinationId: trusted({ $ne: here }),
    state: trusted({ $ne: "gone" as const }),
  })
    .limit(BATCH)
    .lean<StoredCard[]>();
  if (left.length === 0) {
    await Destination.updateOne({ _id: here }, { $set: { takenOverAt: now } });
    return { worked: true };
  }
  if (!(await isKnown(sender))) return { worked: true };

  const threadIds = left.map((card) => card.threadId);
  const returning = await Card.distinct("threadId", {
    threadId: trusted({ $in: threadIds }),
    destinationId: here,
    messageId: trusted({ $ne: null }),
  });
  await EmailThread.updateMany(
    {
      $or: [
        { _id: trusted({ $in: threadIds }), status: trusted({ $in: [...ACTIVE_STATUSES, null] }) },
        { _id: trusted({ $in: returning }) },
      ],
    },
    { $set: { cardsDueAt: now }, $unset: { cardsDueSince: 1 } },
  );
  const lastError = "The webhook was replaced, so this card can no longer be changed.";
  // Should this webhook come back, a message that was the card before it moved must not become the card again.
  const messageId = { $cond: [{ $eq: ["$state", "moved"] }, null, "$messageId"] };
  await Card.updateMany(
    { _id: trusted({ $in: left.map((card) => card._id) }) },
    [{ $set: { state: "gone", messageId, dueAt: null, dueSince: null, leaseId: null, lastError } }],
    { updatePipeline: true },
  );
  return { worked: true };
}

/** Whether Discord knows the webhook; otherwise it is paused, or blocked for a while if Discord gave no answer. */
async function isKnown({ destinations, client, clock, isHeld }: Sender): Promise<boolean> {
  const here = destinations.own._id;
  if (!isHeld()) return false;
  const answer = await client.check();
  switch (answer.kind) {
    case "ok":
    case "not_found": // an API proxy that only knows messages
    case "invalid":
      return true;
    case "webhook_dead":
      await pauseDestination(destinations.own, answer.reason, clock());
      return false;
    case "rate_limited":
      await blockDestination(here, later(clock(), answer.retryAfterMs), answer.scope === "global");
      return false;
    case "intercepted":
    case "not_sent":
    case "ambiguous":
    case "blocked":
    case "gone":
    case "transient":
      await blockDestination(here, later(clock(), ASK_AGAIN_MS), false);
      return false;
  }
}
