import "server-only";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { ours, QUERY_TIME_MAX_MS } from "./store/db";
import { countLiveStreams } from "./live/stream";
import { processSingleton } from "./process-singleton";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

// Counters belong to this process and start at nothing with it. Gauges are read from the database when somebody
// asks, so that every process answers the same.

const metrics = processSingleton("metrics", () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "claimdesk_" }); // event-loop lag among them
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });

  gauge("claimdesk_replies_waiting", "Replies queued or being sent", () =>
    countReplies(["queued", "sending"]),
  );
  gauge("claimdesk_replies_failed", "Replies the mail server refused that nobody has settled", () =>
    countReplies(["failed"]),
  );
  gauge("claimdesk_replies_unconfirmed", "Replies nobody knows the fate of", () =>
    countReplies(["unconfirmed"]),
  );
  gauge(
    "claimdesk_reply_unconfirmed_oldest_seconds",
    "Age of the oldest unconfirmed reply, 0 for none",
    oldestUnconfirmed,
  );
  gauge(
    "claimdesk_card_lag_seconds",
    "How long the oldest card has been behind its ticket, 0 for none",
    cardLag,
  );
  gauge(
    "claimdesk_mail_lag_seconds",
    "How long the oldest mail has waited to become a ticket, 0 for none",
    mailLag,
  );
  gauge("claimdesk_destinations_paused", "Destinations that take no cards until somebody acts", () =>
    Destination.countDocuments({ pausedReason: ours({ $ne: null }) }).maxTimeMS(QUERY_TIME_MAX_MS),
  );

  gauge("claimdesk_live_streams", "Windows that this process tells of changes", async () =>
    countLiveStreams(),
  );

  return {
    registry,
    claims: counter("claimdesk_claims_total", "Claims by outcome", ["result"]),
    deliveries: counter(
      "claimdesk_deliveries_total",
      "Attempts to hand a reply to the mail server, by outcome",
      ["result"],
    ),
    inbound: counter("claimdesk_inbound_total", "Mails taken into the ledger, by what they were", ["result"]),
    rateLimits: counter("claimdesk_discord_rate_limits_total", "Answers of Discord that told us to wait", [
      "scope",
    ]),
  };
});

export function countClaim(result: "won" | "lost" | "unknown"): void {
  metrics.claims.inc({ result });
}

export function countDelivery(result: "accepted" | "refused" | "unreachable" | "unconfirmed"): void {
  metrics.deliveries.inc({ result });
}

export function countInbound(result: "new" | "duplicate"): void {
  metrics.inbound.inc({ result });
}

export function countRateLimit(scope: string): void {
  metrics.rateLimits.inc({ scope });
}

/** All metrics in Prometheus' text format, with its content type. Rejects where the database is away. */
export async function readMetrics(): Promise<{ text: string; contentType: string }> {
  return { text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
}

function countReplies(states: StoredMessage["state"][]): Promise<number> {
  return EmailMessage.countDocuments({ state: ours({ $in: states }) })
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
  const oldest = await EmailThread.findOne({ cardsDueAt: ours({ $exists: true }) }, { cardsDueAt: 1 })
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
