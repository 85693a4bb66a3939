import "server-only";
import { trusted } from "@/lib/store/db";
import { ACTIVE_STATUSES } from "@/lib/api/vocabulary";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { later } from "./consequence";
import { blockDestination, pauseDestination, type Sender } from "./destination";

const BATCH = 100;
/** Wait until Discord is asked again about the new webhook where it gave no answer, in milliseconds. */
const ASK_AGAIN_MS = 30_000;

/**
 * After the webhook was exchanged: the cards of the one before cannot be edited any more, so they count as gone, and
 * tickets that still need somebody get a card in the new channel; so do those whose card from an earlier time stands
 * there. One batch a call, threads marked before cards, so a crash in between repeats it. Begins only once Discord
 * knows the new webhook: a mistyped address must not cost the old cards.
 */
export async function takeOver(sender: Sender, now: Date): Promise<{ worked: boolean }> {
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
    { $set: { cardsDueAt: now } },
  );
  const lastError = "The webhook was exchanged, so this card can no longer be changed.";
  await Card.updateMany(
    { _id: trusted({ $in: left.map((card) => card._id) }) },
    { $set: { state: "gone", dueAt: null, leaseId: null, leaseUntil: null, lastError } },
  );
  return { worked: true };
}

/** Whether Discord knows the webhook; where it does not, or does not say, nothing is sent for good or for a while. */
async function isKnown({ destinations, client, clock }: Sender): Promise<boolean> {
  const here = destinations.own._id;
  const answer = await client.check();
  switch (answer.kind) {
    case "ok":
    case "not_found": // an API proxy that only knows messages
    case "invalid":
      return true;
    case "webhook_dead":
      await pauseDestination(here, answer.reason, clock());
      return false;
    case "rate_limited":
      await blockDestination(here, later(clock(), answer.retryAfterMs), answer.scope === "global");
      return false;
    case "not_sent":
    case "ambiguous":
    case "blocked":
    case "gone":
    case "transient":
      await blockDestination(here, later(clock(), ASK_AGAIN_MS), false);
      return false;
  }
}
