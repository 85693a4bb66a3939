import "server-only";
import type { Model, QueryFilter } from "mongoose";
import { ticketReference } from "@/lib/api/vocabulary";
import { readDesk } from "@/lib/conversation/desk";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import type { ComposedMail } from "@/lib/mail/compose";
import { composeHandoverMail, handoverMessageId, type Handover } from "@/lib/mail/handover-mail";
import { aliasId } from "@/lib/mail/message-id";
import { outboundSettings, type OutboundSettings } from "@/lib/mail/outbound-settings";
import { sendMail, SMTP_TIMEOUTS, type SendOutcome } from "@/lib/mail/smtp";
import { crashPoint } from "@/lib/process/crash-point";
import type { Clock } from "@/lib/store/clock";
import { trusted } from "@/lib/store/db";
import { isHeld } from "@/lib/store/queue/lease";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { Member, type StoredMember } from "@/models/MemberModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";

/** How long recording an outcome is retried, in milliseconds: longer than an election (12 s measured). */
const RECORD_BOX_MS = 60_000;
/** A hand-over that is older is news to nobody, in milliseconds. */
const NEWS_MAX_MS = 24 * 3_600_000;
const RETRY_MIN_MS = 30_000;
const RETRY_MAX_MS = 3_600_000;

const TOLD_FIELDS = {
  assignedTo: 1,
  handover: 1,
  subject: 1,
  from: 1,
  fromName: 1,
  excerpt: 1,
  emptiedAt: 1,
} as const;

/** A thread as far as its assignee is told of it. */
type Told = Pick<StoredThread, "_id" | keyof typeof TOLD_FIELDS>;

/** Threads that somebody gave to somebody else. */
export const HANDOVER_MAILS: Queue<Told> = {
  name: "handover-mails",
  model: EmailThread as unknown as Model<Told>, // fewer fields of the same documents
  fields: {
    dueAt: "tellDueAt",
    dueSince: "tellDueSince",
    leaseId: "tellLeaseId",
    attempts: "tellAttempts",
  },
  empty: "$$REMOVE",
  leaseMs: 2 * SMTP_TIMEOUTS.totalMs + RECORD_BOX_MS + 30_000,
  project: TOLD_FIELDS,
  failure: "An assignee could not be told of a hand-over",
  bury: (leased) => drop(leased, "failed"),
};

/**
 * Mails one assignee about a hand-over, if they wish that and still hold the ticket by it. Of several hand-overs of one
 * ticket only the newest is told. If the mail server is away or asks to wait, it is tried again for a day; if it refuses,
 * breaks off after it asked for the mail, or none is set, the hand-over stays untold and only the log says so: the ticket
 * itself tells its assignee, so a mail that is late helps nobody. A crash after the server took the mail sends it twice,
 * with the same Message-ID. Any number of processes may run this at once.
 */
export async function tellAssigneeStep(
  clock: Clock = "$$NOW",
  timeouts = SMTP_TIMEOUTS,
): Promise<{ worked: boolean }> {
  return runQueue(HANDOVER_MAILS, (leased) => tell(leased, clock, timeouts), { clock });
}

async function tell(leased: Leased<Told>, clock: Clock, timeouts: typeof SMTP_TIMEOUTS): Promise<void> {
  const { row } = leased;
  const settings = outboundSettings();
  const to = settings && row.handover && !row.emptiedAt ? await readerOf(row) : null;
  if (!settings || !row.handover || to === null) return void (await settle(HANDOVER_MAILS, leased));

  const leasedAt = leased.until.getTime() - HANDOVER_MAILS.leaseMs; // by the database's clock
  const ageMs = leasedAt - row.handover.at.getTime();
  if (ageMs >= NEWS_MAX_MS) return drop(leased, "too_old");
  const handover = toHandover(row, row.handover);
  await joinAnswers(row, handover, settings);
  if (!isHeld(leased)) return;

  const mail = composeHandoverMail(handover, { ...settings, to, appUrl: env().APP_URL ?? null });
  const outcome = await send(mail, to, settings, timeouts);
  if (globalThis.CRASH_POINTS) crashPoint("tell.accepted");
  await record(leased, outcome, ageMs, clock);
}

function toHandover({ _id, subject, from, fromName, excerpt }: Told, given: NonNullable<Told["handover"]>) {
  const threadId = _id.toHexString();
  return {
    ...given,
    threadId,
    reference: ticketReference(threadId),
    subject: subject ?? "",
    customer: { address: from ?? "", name: fromName ?? null },
    excerpt: excerpt ?? "",
  };
}

/** The address of the thread's assignee; null if they are not on the team, want no mail or have the desk's own. */
async function readerOf({ assignedTo }: Told): Promise<string | null> {
  if (!assignedTo) return null;
  const isDemo = env().AUTH_MODE === "demo";
  const filter = { _id: assignedTo, removedAt: null, isDemo: isDemo || trusted({ $ne: true }) };
  const member = await Member.findOne(filter as QueryFilter<StoredMember>, { email: 1, preferences: 1 })
    .read("primary")
    .lean<Pick<StoredMember, "email" | "preferences">>();
  if (!member?.preferences?.mailOnHandover) return null;
  return (await readDesk()).isOwn(member.email) ? null : member.email;
}

/** Lets an answer that is sent to the desk after all join the ticket: as a colleague's mail, which no customer gets. */
async function joinAnswers({ _id }: Told, handover: Handover, { sender }: OutboundSettings): Promise<void> {
  const { key } = await readDesk();
  await ThreadAlias.updateOne(
    { _id: aliasId(key, handoverMessageId(handover, sender.address)) },
    { $setOnInsert: { threadId: _id, at: handover.at, isStored: true } },
    { upsert: true },
  );
}

/** Without an envelope sender, so that no report comes back; with one if the server wants one from whoever signs in. */
async function send(
  mail: ComposedMail,
  to: string,
  { sender, serverUrl }: OutboundSettings,
  timeouts: typeof SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  const outcome = await sendMail(mail, { from: "", to: [to] }, serverUrl, timeouts);
  if (outcome.kind !== "refused" || !outcome.permanent) return outcome;
  return sendMail(mail, { from: sender.address, to: [to] }, serverUrl, timeouts);
}

async function record(
  leased: Leased<Told>,
  outcome: SendOutcome,
  ageMs: number,
  clock: Clock,
): Promise<void> {
  const boxMs = RECORD_BOX_MS;
  if (outcome.kind === "accepted") return void (await settle(HANDOVER_MAILS, leased, { boxMs }));
  const isOver = outcome.kind === "unconfirmed" || (outcome.kind === "refused" && outcome.permanent);
  if (isOver) return drop(leased, outcome.kind);
  await settle(HANDOVER_MAILS, leased, {
    dueAt: { $add: [clock, pauseMs(ageMs)] },
    compute: { tellDueSince: { $literal: leased.since } },
    boxMs,
  });
}

/** As long as the hand-over is old, so that pauses double: 30 s at least, 1 h at most, less up to a quarter. */
function pauseMs(ageMs: number): number {
  const wantedMs = Math.min(Math.max(ageMs, RETRY_MIN_MS), RETRY_MAX_MS);
  return Math.round(wantedMs * (1 - Math.random() / 4));
}

/** Ends a hand-over that was not told. The log names no address and no words of the mail server. */
async function drop(leased: Leased<Told>, why: string): Promise<void> {
  const { _id, assignedTo, handover } = leased.row;
  log.warn(
    { thread: _id.toHexString(), memberId: assignedTo, op: handover?.op, why },
    "hand-over not mailed",
  );
  await settle(HANDOVER_MAILS, leased, { boxMs: RECORD_BOX_MS });
}
