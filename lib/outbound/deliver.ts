import "server-only";
import type { QueryFilter, UpdateQuery } from "mongoose";
import { countDelivery } from "@/lib/metrics";
import { composeMail, type ComposedMail } from "@/lib/mail/compose";
import { outboundSettings, type OutboundSettings } from "@/lib/mail/outbound-settings";
import { sendMail, SMTP_TIMEOUTS, type SendOutcome } from "@/lib/mail/smtp";
import { refusedFor } from "@/lib/mail/smtp-outcome";
import { crashPoint } from "@/lib/process/crash-point";
import { nudge } from "@/lib/process/nudge";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { learnFrom } from "./mail-server";
import { progressAfter, recipientsLeft } from "./recipients-left";
import { holdBack } from "./reply-order";

/** How long recording an outcome is retried, in milliseconds: longer than an election (12 s measured). */
const RECORD_BOX_MS = 60_000;
/** An attempt that takes longer is taken for interrupted and becomes unconfirmed, in milliseconds. */
export const LEASE_MS = SMTP_TIMEOUTS.totalMs + RECORD_BOX_MS + 30_000;

const RETRY_FIRST_MS = 30_000;
const RETRY_MAX_MS = 60 * 60 * 1_000;
/** After this long people are told that a reply is delayed, in milliseconds; it is tried further. */
export const DELAYED_MS = 4 * 3_600_000;
/** A reply that the mail server does not take for this long has failed and waits for a person, in milliseconds. */
export const FAILING_MAX_MS = 3 * 24 * 3_600_000;

const INTERRUPTED = "The desk was interrupted while sending, so the customer may have this reply.";
const NOT_COMPOSED = "The desk could not make a mail of this reply.";

/** Pause after attempt number `attempts` (from 1), in milliseconds: 30 s, doubling up to 1 h, less up to a quarter. */
export function retryDelayMs(attempts: number, random = Math.random()): number {
  return Math.min(RETRY_FIRST_MS * 2 ** Math.max(0, attempts - 1), RETRY_MAX_MS) * (1 - random / 4);
}

/** A report about it was faster than its own record. */
const CAME_BACK = { $eq: ["$cameBack", true] };
const IS_QUEUED = { $eq: ["$state", "queued"] };

/** Replies to send. An attempt whose lease ran out is due as well, and is never sent again by itself. */
export const DELIVERIES: Queue<StoredMessage> = {
  name: "deliver",
  model: EmailMessage,
  where: { state: trusted({ $in: ["queued", "sending"] }) } as QueryFilter<StoredMessage>,
  fields: { attempts: "failures" },
  leaseMs: LEASE_MS,
  leased: {
    state: "sending",
    attempts: { $add: [{ $ifNull: ["$attempts", 0] }, { $cond: [IS_QUEUED, 1, 0] }] },
    isInterrupted: { $not: [IS_QUEUED] },
  },
  failure: "The outcome of a reply could not be recorded",
  isOn: () => outboundSettings() !== null,
};

/**
 * Delivers one due reply, or marks one whose attempt was interrupted. A reply is sent again only if the mail server
 * certainly did not take it, and only to those for whom it did not; if that is unknown, it becomes "unconfirmed" and waits
 * for a person. The replies of one ticket go out in their order, each waiting at most 15 minutes for those before it. Any
 * number of processes may run this at once.
 */
export async function deliverStep(
  clock: Clock = "$$NOW",
  timeouts = SMTP_TIMEOUTS,
): Promise<{ worked: boolean }> {
  return runQueue(DELIVERIES, (leased) => deliver(leased, clock, timeouts), { clock });
}

async function deliver(
  leased: Leased<StoredMessage>,
  clock: Clock,
  timeouts: typeof SMTP_TIMEOUTS,
): Promise<void> {
  if (leased.row.isInterrupted) return giveUp(leased, clock);
  const settings = outboundSettings();
  if (!settings) throw new Error("The mail server was unset meanwhile.");
  if (await holdBack(DELIVERIES, leased, clock)) return;
  if (globalThis.CRASH_POINTS) crashPoint("deliver.leased");

  const outcome = await handOver(leased.row, settings, timeouts);
  if (globalThis.CRASH_POINTS) crashPoint("deliver.accepted");
  // Nothing that can fail may come between here and the record: a mail that was taken would be sent again.
  await recordOutcome(leased, outcome, clock);
  if (globalThis.CRASH_POINTS) crashPoint("deliver.recorded");
  countDelivery(outcome.kind);
  nudge("deliver");
  await learnFrom(outcome);
}

async function handOver(
  message: StoredMessage,
  { sender, serverUrl }: OutboundSettings,
  timeouts: typeof SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  const to = recipientsLeft(message);
  let mail: ComposedMail;
  try {
    mail = composeMail({ ...message, rfcMessageId: message.rfcMessageId ?? "" }, sender);
  } catch {
    return refusedFor(
      to.map((address) => ({ address, permanent: true, detail: NOT_COMPOSED })),
      null,
    );
  }
  return sendMail(mail, { from: sender.address, to }, serverUrl, timeouts);
}

type Values = Record<string, unknown>;

/**
 * One write, which prevents a second sending; its thread is told later. The number of the attempt is its fence: the
 * record counts even after the lease, unless a person has decided since.
 */
function recordOutcome(
  { row, attempts, since, until }: Leased<StoredMessage>,
  outcome: SendOutcome,
  clock: Clock,
) {
  const leasedAt = new Date(until.getTime() - LEASE_MS); // by the database's clock
  const failingSince = row.failingSince ?? leasedAt;
  const failingMs = leasedAt.getTime() - failingSince.getTime();
  const values = valuesOf(row, outcome, { failures: attempts + 1, since, failingSince, failingMs, clock });
  const attempt = {
    _id: row._id,
    attempts: row.attempts,
    state: trusted({ $in: ["sending", "unconfirmed"] }),
  };
  const ended = { dueAt: null, dueSince: null, leaseId: null, heldBy: null };
  return settleOutcome(
    () =>
      EmailMessage.updateOne(
        attempt as QueryFilter<StoredMessage>,
        [{ $set: { ...ended, ...values } }] as unknown as UpdateQuery<StoredMessage>,
        { updatePipeline: true },
      ),
    RECORD_BOX_MS,
  );
}

/** An attempt that has ended; the attempts before it have failed for `failingMs`. */
type Attempt = { failures: number; since: Date; failingSince: Date; failingMs: number; clock: Clock };

function valuesOf(row: StoredMessage, outcome: SendOutcome, attempt: Attempt): Values {
  const { failures, since, failingSince, failingMs, clock } = attempt;
  const { state, ...progress } = progressAfter(row, outcome, { isLast: failingMs >= FAILING_MAX_MS });
  const values = {
    state,
    ...Object.fromEntries(Object.entries(progress).map(([name, value]) => [name, { $literal: value }])),
  };
  const isDelayedNow = failingMs >= DELAYED_MS && !row.delayedAt;
  switch (state) {
    case "sent":
      return {
        ...values,
        state: { $cond: [CAME_BACK, "came_back", state] },
        sentAt: clock,
        threadDueAt: clock,
      };
    case "failed":
      return { ...values, threadDueAt: clock };
    case "unconfirmed":
      return { ...values, state: { $cond: [CAME_BACK, "came_back", state] }, threadDueAt: clock };
    case "queued":
      return {
        ...values,
        dueAt: { $add: [clock, Math.round(retryDelayMs(failures))] },
        dueSince: since,
        failures,
        failingSince,
        ...(isDelayedNow ? { delayedAt: clock, threadDueAt: clock } : {}),
      };
  }
}

/** Marks an attempt whose lease ran out (a crash, a lost database) as unconfirmed: the mail may have left. */
async function giveUp(leased: Leased<StoredMessage>, clock: Clock): Promise<void> {
  const state = { $cond: [CAME_BACK, "came_back", "unconfirmed"] };
  const set = { lastError: INTERRUPTED };
  await settle(DELIVERIES, leased, { set, compute: { state, threadDueAt: clock } });
  nudge("deliver");
}
