import "server-only";
import { countLiveStreams } from "@/lib/live/stream";
import { addGauge } from "@/lib/metrics";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

/**
 * Adds the desk's gauges to the metrics; call it once per process. Each is read from the database together with the
 * metrics, so every process shows the same numbers, except for the live streams, which are counted per process.
 */
export function registerGauges(): void {
  addGauge("claimdesk_replies_waiting", "Replies queued or being sent", () =>
    countReplies(["queued", "sending"]),
  );
  addGauge("claimdesk_replies_failed", "Replies that the mail server refused and nobody has settled", () =>
    countReplies(["failed"]),
  );
  addGauge("claimdesk_replies_unconfirmed", "Replies of which nobody knows whether they were delivered", () =>
    countReplies(["unconfirmed"]),
  );
  addGauge(
    "claimdesk_reply_unconfirmed_oldest_seconds",
    "Age of the oldest unconfirmed reply, 0 for none",
    oldestUnconfirmed,
  );
  addGauge(
    "claimdesk_card_lag_seconds",
    "How long the oldest card has been behind its ticket, 0 for none",
    cardLag,
  );
  addGauge(
    "claimdesk_mail_lag_seconds",
    "How long the oldest mail has waited to become a ticket, 0 for none",
    mailLag,
  );
  addGauge("claimdesk_destinations_paused", "Destinations that get no cards until somebody acts", () =>
    Destination.countDocuments({ pausedReason: trusted({ $ne: null }) }).maxTimeMS(QUERY_TIME_MAX_MS),
  );

  addGauge("claimdesk_live_streams", "Windows with a live stream from this process", async () =>
    countLiveStreams(),
  );
}

function countReplies(states: StoredMessage["state"][]): Promise<number> {
  return EmailMessage.countDocuments({ state: trusted({ $in: states }) })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .exec();
}

async function oldestUnconfirmed(): Promise<number> {
  const oldest = await EmailMessage.findOne({ state: "unconfirmed" }, { at: 1 })
    .sort({ dueAt: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "at">>();
  return ageSeconds(oldest?.at);
}

async function cardLag(): Promise<number> {
  const oldest = await EmailThread.findOne({ cardsDueAt: trusted({ $exists: true }) }, { cardsDueAt: 1 })
    .sort({ cardsDueAt: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredThread, "cardsDueAt">>();
  return ageSeconds(oldest?.cardsDueAt);
}

async function mailLag(): Promise<number> {
  const oldest = await InboundEmail.findOne({ state: "received" }, { receivedAt: 1 })
    .sort({ receivedAt: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredInboundEmail, "receivedAt">>();
  return ageSeconds(oldest?.receivedAt);
}

function ageSeconds(since: Date | null | undefined): number {
  return since ? Math.max(0, (Date.now() - since.getTime()) / 1_000) : 0;
}
