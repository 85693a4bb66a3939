import "server-only";
import type { Model, QueryFilter } from "mongoose";
import { countLiveStreams } from "@/lib/live/stream";
import { CARDS } from "@/lib/cards/card-lease";
import { cardsConfig } from "@/lib/cards/config";
import { destinationId } from "@/lib/cards/destination";
import { JOBS } from "@/lib/bulk/job-step";
import { MARKS } from "@/lib/cards/mark-due";
import { INGEST } from "@/lib/inbound/ingest";
import { addGauge, addGauges } from "@/lib/metrics";
import { DELIVERIES } from "@/lib/outbound/deliver";
import { HANDOVER_MAILS } from "@/lib/outbound/tell-assignee";
import { REPLY_STATES } from "@/lib/outbound/tell-thread";
import { DISCARDED } from "@/lib/privacy/discard-files";
import { ERASURES } from "@/lib/privacy/erasure";
import { RETENTION } from "@/lib/privacy/retention";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { lagOf } from "@/lib/store/queue/lag";
import type { Queue } from "@/lib/store/queue/queue";
import { RECONCILE } from "@/lib/team/reconcile";
import { RELEASES } from "@/lib/team/release-tickets";
import { EVENTS } from "@/lib/tickets/events";
import { Card } from "@/models/CardModel";
import { DeadLetter } from "@/models/DeadLetterModel";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { countNeedsLook, oldestNeedsLook } from "./needs-look";

/**
 * Adds the desk's gauges to the metrics; call it once per process. Each is read from the database together with the
 * metrics, so every process shows the same numbers, except for the live streams, which are counted per process.
 */
export function registerGauges(): void {
  const waiting = { state: trusted({ $in: ["queued" as const, "sending" as const] }) };
  const unconfirmed = { state: "unconfirmed" as const };
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
  addGauges(
    "claimdesk_queue_lag_seconds",
    "How long the row that waits longest has been due, 0 for none; none while the feature is off",
    "queue",
    readLags,
  );
  addGauges("claimdesk_queue_dead", "Rows that were given up and wait for a person", "queue", countDead);
  addGauges(
    "claimdesk_needs_look",
    "Tickets that need a look, by the gravest reason",
    "kind",
    countNeedsLook,
  );
  addGauge(
    "claimdesk_needs_look_oldest_seconds",
    "How long the ticket that needs a look longest has needed it, 0 for none",
    oldestNeedsLook,
  );
  addCount(
    "destinations_paused",
    "Destinations that get no cards, since Discord refuses them",
    Destination,
    paused,
  );
  addGauge("claimdesk_live_streams", "Windows with a live stream from this process", async () =>
    countLiveStreams(),
  );
}

/** The lag of one queue; the type of its rows matters to nobody here. */
function lag<Row extends { _id: unknown }>(queue: Queue<Row>): [string, () => Promise<number | null>] {
  return [queue.name, () => lagOf(queue)];
}

const LAGS = [
  lag(INGEST.ordinary),
  lag(INGEST.slow),
  lag(DELIVERIES),
  lag(REPLY_STATES),
  lag(HANDOVER_MAILS),
  lag(JOBS),
  lag(MARKS),
  lag(CARDS),
  lag(EVENTS),
  lag(RETENTION),
  lag(DISCARDED),
  lag(ERASURES),
  lag(RELEASES),
  lag(RECONCILE),
];

function readLags(): Promise<[string, number | null][]> {
  return Promise.all(
    LAGS.map(async ([name, read]): Promise<[string, number | null]> => [name, await read()]),
  );
}

/** Cards, mails and replies have a state that says that they were given up; the others a dead letter. */
async function countDead(): Promise<[string, number][]> {
  const config = cardsConfig();
  const dead = { state: "dead" as const, destinationId: config ? destinationId(config.webhook.id) : "" };
  const [letters, cards, mails, replies] = await Promise.all([
    DeadLetter.aggregate<{ _id: string; count: number }>([
      { $match: { retriedAt: null } },
      { $group: { _id: "$queue", count: { $sum: 1 } } },
    ]).option({ maxTimeMS: QUERY_TIME_MAX_MS }),
    Card.countDocuments(dead).maxTimeMS(QUERY_TIME_MAX_MS),
    InboundEmail.countDocuments({ state: "failed" }).maxTimeMS(QUERY_TIME_MAX_MS),
    EmailMessage.countDocuments({ state: "failed" }).maxTimeMS(QUERY_TIME_MAX_MS),
  ]);
  const counts = new Map(LAGS.map(([name]) => [name, 0]));
  const others = [
    { _id: CARDS.name, count: cards },
    { _id: INGEST.ordinary.name, count: mails },
    { _id: DELIVERIES.name, count: replies },
  ];
  for (const { _id, count } of [...letters, ...others]) counts.set(_id, (counts.get(_id) ?? 0) + count);
  return [...counts];
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
