import "server-only";
import { randomUUID } from "node:crypto";
import type { QueryFilter } from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { inTransaction, trusted } from "@/lib/store/db";
import { nudge } from "@/lib/process/nudge";
import { ThreadId } from "@/lib/api/contracts";
import { changeThread, literal } from "@/lib/tickets/transition";
import { countDelivery } from "@/lib/metrics";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { composeMail } from "@/lib/mail/compose";
import { outboundSettings, type OutboundSettings } from "@/lib/mail/outbound-settings";
import { sendMail, SMTP_TIMEOUTS, type SendOutcome } from "@/lib/mail/smtp";

/** How long recording an outcome is retried, in milliseconds: longer than an election (12 s measured). */
const RECORD_BOX_MS = 60_000;
/** An attempt that takes longer is taken for interrupted and becomes unconfirmed, in milliseconds. */
export const LEASE_MS = SMTP_TIMEOUTS.totalMs + RECORD_BOX_MS + 30_000;

const RETRY_FIRST_MS = 30_000;
const RETRY_MAX_MS = 60 * 60 * 1_000;

const INTERRUPTED = "The desk was interrupted while sending, so the customer may have this reply.";

/** Pause after attempt number `attempts` (from 1), in milliseconds: 30 s, doubling up to 1 h, less up to a quarter. */
export function retryDelayMs(attempts: number, random = Math.random()): number {
  return Math.min(RETRY_FIRST_MS * 2 ** Math.max(0, attempts - 1), RETRY_MAX_MS) * (1 - random / 4);
}

/**
 * Delivers one due reply, or marks one whose attempt was interrupted. A reply is sent again only if the mail server
 * certainly did not take it; if that is unknown, it becomes "unconfirmed" and waits for a person. Any number of
 * processes may run this at once: each attempt has a lease, and only the lease that made it records its outcome.
 */
export async function deliverStep(now: Date, timeouts = SMTP_TIMEOUTS): Promise<{ worked: boolean }> {
  if (await giveUpInterrupted(now)) return { worked: true };
  const settings = outboundSettings();
  const leased = settings && (await leaseDue(now));
  if (!leased) return { worked: false };
  if (globalThis.CRASH_POINTS) crashPoint("deliver.leased");

  const startedAt = performance.now();
  const outcome = await handOver(leased, settings, timeouts);
  if (globalThis.CRASH_POINTS) crashPoint("deliver.accepted");
  // Nothing that can fail may come between here and the record: a mail that was taken would be sent again.
  await record(leased, outcome, new Date(now.getTime() + performance.now() - startedAt));
  nudge("cards", "events");
  return { worked: true };
}

type Leased = StoredMessage & { leaseId: string };
type Filter = QueryFilter<StoredMessage>;

async function leaseDue(now: Date): Promise<Leased | null> {
  const leaseId = randomUUID();
  const lease = { state: "sending", leaseId, leaseUntil: new Date(now.getTime() + LEASE_MS) } as const;
  let isRepeat = false;
  const leased = await settleOutcome(async () => {
    const own = isRepeat
      ? await EmailMessage.findOne({ state: "sending", leaseId }).lean<StoredMessage>()
      : null;
    isRepeat = true;
    return (
      own ??
      EmailMessage.findOneAndUpdate(
        { state: "queued", dueAt: trusted({ $lte: now }) },
        { $set: lease, $inc: { attempts: 1 } },
        { sort: { dueAt: 1 }, returnDocument: "after" },
      ).lean<StoredMessage>()
    );
  });
  return leased && { ...leased, leaseId };
}

function handOver(
  message: StoredMessage,
  { sender, serverUrl }: OutboundSettings,
  timeouts: typeof SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  const to = message.to[0] ?? "";
  const mail = composeMail({ ...message, to, rfcMessageId: message.rfcMessageId ?? "" }, sender);
  return sendMail(mail, { from: sender.address, to: [to] }, serverUrl, timeouts);
}

function record(message: Leased, outcome: SendOutcome, at: Date): Promise<unknown> {
  countDelivery(outcome.kind);
  switch (outcome.kind) {
    case "accepted":
      return recordSent(message, at);
    case "unconfirmed":
      return recordForPerson(message, "unconfirmed", outcome.detail);
    case "refused":
      if (outcome.permanent) return recordForPerson(message, "failed", outcome.detail);
      return recordRetry(message, outcome.detail, at);
    case "unreachable":
      return recordRetry(message, outcome.detail, at);
  }
}

/** Filter for the row while this attempt may record: its lease may have run out, if nobody decided since. */
function heldBy({ _id, leaseId }: Leased): Filter {
  return { _id, leaseId, state: trusted({ $in: ["sending", "unconfirmed"] }) } as Filter;
}

/**
 * Two writes: first, by itself, the one that prevents a second sending. `firstRepliedAt` is a figure that nobody acts
 * on, so it adds no history line and no revision.
 */
async function recordSent(message: Leased, at: Date): Promise<void> {
  const sent = { state: "sent", sentAt: at, dueAt: null, leaseUntil: null, lastError: null } as const;
  await settleOutcome(() => EmailMessage.updateOne(heldBy(message), { $set: sent }), RECORD_BOX_MS);
  if (globalThis.CRASH_POINTS) crashPoint("deliver.recorded");
  await settleOutcome(
    () =>
      EmailThread.updateOne(
        { _id: message.threadId, firstRepliedAt: null },
        { $set: { firstRepliedAt: at } },
      ),
    RECORD_BOX_MS,
  );
}

async function recordRetry(message: Leased, detail: string, at: Date): Promise<void> {
  const dueAt = new Date(at.getTime() + retryDelayMs(message.attempts));
  const queued = { state: "queued", dueAt, leaseId: null, leaseUntil: null, lastError: detail } as const;
  await settleOutcome(() => EmailMessage.updateOne(heldBy(message), { $set: queued }), RECORD_BOX_MS);
}

/** Ends an attempt in a state that waits for a person, with a history line, so that lists and card follow. */
async function recordForPerson(
  message: Leased,
  state: "failed" | "unconfirmed",
  detail: string,
  condition = heldBy(message),
): Promise<boolean> {
  const settled = { state, dueAt: null, leaseUntil: null, lastError: detail } as const;
  const record = () =>
    inTransaction(async (session) => {
      const changed = await EmailMessage.findOneAndUpdate(condition, { $set: settled }, { session }).lean();
      if (!changed) return false;
      await changeThread({
        threadId: ThreadId.parse(message.threadId.toHexString()),
        op: `delivery:${message.leaseId}`,
        where: {},
        set: {},
        line: { kind: "delivery_settled", by: null, details: { messageId: literal(message._id) } },
        session,
      });
      return true;
    });
  return settleOutcome(record, RECORD_BOX_MS);
}

/** Marks an attempt whose lease ran out (a crash, a lost database) as unconfirmed: the mail may have left. */
async function giveUpInterrupted(now: Date): Promise<boolean> {
  const expired: Filter = { state: "sending", leaseUntil: trusted({ $lte: now }) };
  const message = await EmailMessage.findOne(expired).lean<StoredMessage>();
  if (!message) return false;
  const leased = { ...message, leaseId: message.leaseId ?? "" };
  const { _id, leaseId } = message;
  const isGivenUp = await recordForPerson(leased, "unconfirmed", INTERRUPTED, { ...expired, _id, leaseId });
  if (isGivenUp) nudge("cards", "events");
  return true;
}
