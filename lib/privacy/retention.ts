import "server-only";
import type { ClientSession, QueryFilter } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { DeliveryState, LedgerState } from "@/lib/api/vocabulary";
import { inTransaction, trusted } from "@/lib/store/db";
import { changeThread, literal, newOperation } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { discardFiles, discardStep } from "./discard-files";
import { readSettings } from "./settings";

const DAY_MS = 24 * 60 * 60_000;
/** A failed mail is stored nowhere else, so somebody gets at least this long to notice it, in days. */
const FAILED_KEPT_DAYS = 30;
/** Mails, or messages of one ticket, that one step empties. */
const RAW_BATCH = 100;
const BODIES_BATCH = 50;

/**
 * Does one batch of what the retention settings ask for, the oldest first, or deletes files that no row names any more.
 * Does nothing as long as everything is kept. Any number of processes may run it: each batch is one transaction that
 * looks at its rows again.
 */
export async function retentionStep(now: Date): Promise<{ worked: boolean }> {
  if ((await discardStep()).worked) return { worked: true };
  const { rawMailDays, closedBodiesDays } = (await readSettings()).retention;
  if (rawMailDays !== null && (await removeRawMails(now, rawMailDays))) return { worked: true };
  return { worked: closedBodiesDays !== null && (await removeBodies(now, closedBodiesDays)) };
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** A mail that waits for its ticket keeps its bytes, however old it is. */
async function removeRawMails(now: Date, days: number): Promise<boolean> {
  const states: [LedgerState, number][] = [
    ["ticketed", days],
    ["ignored", days],
    ["failed", Math.max(days, FAILED_KEPT_DAYS)],
  ];
  for (const [state, kept] of states) {
    const due = { state, rawRemovedAt: null, receivedAt: trusted({ $lte: daysBefore(now, kept) }) };
    if ((await removeRawBatch(due, now)) > 0) return true;
  }
  return false;
}

/** Whether this mail is in the ledger, and no longer as it arrived. */
export async function isRawMailRemoved(ledgerId: string): Promise<boolean> {
  return (await InboundEmail.exists({ _id: ledgerId, rawRemovedAt: trusted({ $ne: null }) })) !== null;
}

type RawRow = Pick<StoredInboundEmail, "_id" | "rawFileId">;

async function removeRawBatch(due: QueryFilter<StoredInboundEmail>, now: Date): Promise<number> {
  return inTransaction(async (session) => {
    const rows = await InboundEmail.find(due, { rawFileId: 1 }, { session })
      .sort({ receivedAt: 1 })
      .limit(RAW_BATCH)
      .lean<RawRow[]>();
    // As read: a row that changes meanwhile, such as by a retry, makes this transaction start over.
    await removeRaw(rows, { rawRemovedAt: now }, session);
    return rows.length;
  });
}

/** Removes the bytes of these ledger rows, which stay, and sets further fields. */
export async function removeRaw(
  rows: RawRow[],
  set: Partial<StoredInboundEmail>,
  session: ClientSession,
): Promise<void> {
  if (rows.length === 0) return;
  await InboundEmail.updateMany(
    { _id: trusted({ $in: rows.map(({ _id }) => _id) }) },
    { $set: { ...set, raw: null, rawFileId: null } },
    { session },
  );
  await discardFiles(
    "raw",
    rows.flatMap(({ rawFileId }) => rawFileId ?? []),
    session,
  );
}

/** Replies that may still be sent or decided about, and so keep their text. */
const UNSETTLED: DeliveryState[] = ["queued", "sending", "failed", "unconfirmed"];

type Filter = QueryFilter<StoredMessage>;
type BodyRow = Pick<StoredMessage, "_id" | "attachments">;

/** One batch of the ticket that was resolved first. One that is open again by the time of the write is left alone. */
async function removeBodies(now: Date, days: number): Promise<boolean> {
  const resolved = {
    status: "resolved" as const,
    bodiesRemovedAt: null,
    resolvedAt: trusted({ $lte: daysBefore(now, days), $type: "date" as const }),
  };
  const thread = await EmailThread.findOne(resolved, { resolvedAt: 1 })
    .sort({ resolvedAt: 1 })
    .lean<Pick<StoredThread, "_id" | "resolvedAt">>();
  if (!thread) return false;

  const still = { status: "resolved" as const, resolvedAt: thread.resolvedAt, bodiesRemovedAt: null };
  await inTransaction(async (session) => {
    const rows = await EmailMessage.find(
      { threadId: thread._id, emptiedAt: null, state: trusted({ $nin: UNSETTLED }) } as Filter,
      { attachments: 1 },
      { session },
    )
      .limit(BODIES_BATCH)
      .lean<BodyRow[]>();
    const isLast = rows.length < BODIES_BATCH;
    const isStill = isLast
      ? await changeThread({
          threadId: ThreadId.parse(thread._id.toHexString()),
          op: newOperation(),
          where: still,
          set: { excerpt: literal(""), bodiesRemovedAt: literal(now) },
          line: { kind: "bodies_removed", by: null },
          session,
        })
      : await EmailThread.findOneAndUpdate(
          { _id: thread._id, ...still },
          { $set: { bodiesBatchAt: new Date() } },
          { session },
        );
    if (isStill) await emptyBodies(rows, now, session);
  });
  return true;
}

async function emptyBodies(rows: BodyRow[], now: Date, session: ClientSession): Promise<void> {
  await EmailMessage.updateMany(
    { _id: trusted({ $in: rows.map(({ _id }) => _id) }) },
    { $set: { ...NO_BODY, emptiedAt: now } },
    { session },
  );
  const files = rows.flatMap(({ attachments }) => attachments.map(({ fileId }) => fileId));
  await discardFiles("attachments", files, session);
}

/** Fields of a message without its texts and files. */
export const NO_BODY = {
  text: "",
  visibleText: "",
  html: null,
  attachments: [],
} satisfies Partial<StoredMessage>;
