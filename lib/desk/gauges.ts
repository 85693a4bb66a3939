import "server-only";
import type { Model, QueryFilter } from "mongoose";
import { countLiveStreams } from "@/lib/live/stream";
import { addGauge } from "@/lib/metrics";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";

/**
 * Adds the desk's gauges to the metrics; call it once per process. Each is read from the database together with the
 * metrics, so every process shows the same numbers, except for the live streams, which are counted per process.
 */
export function registerGauges(): void {
  const waiting = { state: trusted({ $in: ["queued" as const, "sending" as const] }) };
  const unconfirmed = { state: "unconfirmed" as const };
  const behind = { cardsDueAt: trusted({ $exists: true }) };
  const received = { state: "received" as const };
  const paused = { pausedReason: trusted({ $ne: null }) };

  addCount("replies_waiting", "Replies queued or being sent", EmailMessage, waiting);
  addCount("replies_failed", "Replies the mail server refused and nobody has settled", EmailMessage, {
    state: "failed",
  });
  addCount(
    "replies_unconfirmed",
    "Replies that may or may not have been delivered",
    EmailMessage,
    unconfirmed,
  );
  addAge("reply_unconfirmed_oldest", "Age of the oldest unconfirmed reply", EmailMessage, unconfirmed, "at");
  addAge("card_lag", "How long the oldest card is behind its ticket", EmailThread, behind, "cardsDueAt");
  addAge("mail_lag", "How long the oldest mail waits for a ticket", InboundEmail, received, "receivedAt");
  addCount("destinations_paused", "Destinations that get no cards until somebody acts", Destination, paused);
  addGauge("claimdesk_live_streams", "Windows with a live stream from this process", async () =>
    countLiveStreams(),
  );
}

function addCount<Doc>(name: string, help: string, model: Model<Doc>, filter: QueryFilter<Doc>): void {
  addGauge(`claimdesk_${name}`, help, () => model.countDocuments(filter).maxTimeMS(QUERY_TIME_MAX_MS).exec());
}

/** The age of the document whose `field` is the earliest, in seconds; 0 if none matches. */
function addAge<Doc>(
  name: string,
  help: string,
  model: Model<Doc>,
  filter: QueryFilter<Doc>,
  field: keyof Doc & string,
): void {
  addGauge(`claimdesk_${name}_seconds`, `${help}, 0 for none`, async () => {
    const oldest = await model
      .findOne(filter, { [field]: 1 })
      .sort({ [field]: 1 } as Record<string, 1>)
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<Record<string, Date>>();
    const since = oldest?.[field];
    return since ? Math.max(0, (Date.now() - since.getTime()) / 1_000) : 0;
  });
}
