import "server-only";
import type { QueryFilter } from "mongoose";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import type {
  LedgerEntry,
  LedgerFigures,
  LedgerQuery,
  LedgerResponse,
  LedgerSummaryResponse,
} from "@/lib/api/contracts";
import { ERASED_CUSTOMER, ticketReference } from "@/lib/api/vocabulary";
import { cappedCount } from "@/lib/store/capped-count";
import { readPage } from "@/lib/store/keyset";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { MAIL_MAX_BYTES } from "./ledger";

const ROW_FIELDS = {
  state: 1,
  sizeBytes: 1,
  envelopeFrom: 1,
  envelopeTo: 1,
  source: 1,
  receivedAt: 1,
  copies: 1,
  reason: 1,
  error: 1,
  threadId: 1,
  messageId: 1,
  outcome: 1,
  rawFileId: 1,
  erasedAt: 1,
} as const;
/** Rows of older versions hold the mail themselves. */
const HOLDS_RAW = { $gt: [{ $binarySize: { $ifNull: ["$raw", ""] } }, 0] };

type Row = Pick<StoredInboundEmail, "_id" | keyof typeof ROW_FIELDS> & { holdsRaw: boolean };
type Head = Pick<StoredMessage, "_id" | "from" | "fromName" | "to" | "subject">;
type Filter = QueryFilter<StoredInboundEmail>;

/** The mails of the ledger, newest first, narrowed by state. Never reads the raw mails. */
export async function listLedger({ state, cursor, limit }: LedgerQuery): Promise<LedgerResponse> {
  const newestFirst = { field: "receivedAt", direction: -1 } as const;
  const fields = { ...ROW_FIELDS, holdsRaw: HOLDS_RAW };
  const list = { filter: state ? { state } : {}, fields, order: newestFirst };
  const { rows, nextCursor } = await readPage<StoredInboundEmail, Row>(InboundEmail, list, { cursor, limit });
  const heads = await findHeads(rows);
  return { mails: rows.map((row) => toEntry(row, heads.get(row.messageId ?? ""))), nextCursor };
}

async function findHeads(rows: Row[]): Promise<Map<string, Head>> {
  const ids = rows.flatMap(({ messageId }) => messageId ?? []);
  if (ids.length === 0) return new Map();
  const heads = await EmailMessage.find(
    { _id: trusted({ $in: ids }) },
    { from: 1, fromName: 1, to: 1, subject: 1 },
  )
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Head[]>();
  return new Map(heads.map((head) => [head._id, head]));
}

function toEntry(row: Row, head: Head | undefined): LedgerEntry {
  const isKept = row.rawFileId !== null || row.holdsRaw;
  // A mail in progress already names the thread that it may join.
  const threadId = row.state === "ticketed" ? row.threadId?.toHexString() : undefined;
  return {
    _id: row._id,
    receivedAt: row.receivedAt.toISOString(),
    from: head?.from || row.envelopeFrom || null,
    fromName: row.erasedAt ? ERASED_CUSTOMER : (head?.fromName ?? null),
    to: row.envelopeTo.length > 0 ? row.envelopeTo : (head?.to ?? []),
    subject: row.erasedAt ? null : (head?.subject ?? null),
    sizeBytes: row.sizeBytes,
    source: row.source,
    copies: row.copies,
    state: row.state,
    outcome: row.outcome ?? null,
    ticket: threadId === undefined ? null : { _id: threadId, reference: ticketReference(threadId) },
    ignoredFor: row.reason,
    error: row.error,
    canRetry: row.state === "failed" && row.sizeBytes <= MAIL_MAX_BYTES && isKept,
    isKept,
  };
}

const DAY_MS = 24 * 60 * 60_000;

/** Counts of the mails of the last 24 hours and of the last 7 days, by outcome. */
export async function summariseLedger(now = new Date()): Promise<LedgerSummaryResponse> {
  const [day, week] = await Promise.all([figuresSince(now, DAY_MS), figuresSince(now, 7 * DAY_MS)]);
  return { day, week };
}

async function figuresSince(now: Date, lengthMs: number): Promise<LedgerFigures> {
  const receivedAt = trusted({ $gte: new Date(now.getTime() - lengthMs) });
  const count = (filter: Filter) => cappedCount(InboundEmail, { ...filter, receivedAt });
  const [received, tickets, replies, known, empty, echo, failed, waiting] = await Promise.all([
    count({}),
    count({ state: "ticketed", outcome: "opened" }),
    count({ state: "ticketed", outcome: "joined" }),
    count({ state: "ticketed", outcome: null }),
    count({ state: "ignored", reason: "empty" }),
    count({ state: "ignored", reason: "echo" }),
    count({ state: "failed" }),
    count({ state: "received" }),
  ]);
  return { received, tickets, replies, known, ignored: { empty, echo }, failed, waiting };
}
