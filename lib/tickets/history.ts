import "server-only";
import type { HistoryResponse, ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { HistoryLine } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { toHistoryLine } from "./present";
import { ANSWER_MAX_BYTES, bytesInList } from "./shown-messages";

/** Lines of one page. */
const PAGE = 50;
/** Bytes of an answer around its lines. */
const FRAME_BYTES = 200;

type Room = { before?: number | undefined; countMax: number; bytesMax: number };
/** `olderRevision` leads to the next older lines; null if there are none. */
type Lines = { lines: HistoryLine[]; olderRevision: number | null };

/** One page of a ticket's history, newest first: the newest lines, or those before the revision `cursor`. */
export async function readHistoryPage(
  threadId: ThreadId,
  cursor?: string,
): Promise<Result<HistoryResponse, FailureOf<"not_found">>> {
  const thread = await EmailThread.findById(threadId, { history: 1 })
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredThread, "_id" | "history">>();
  if (!thread) return fail({ reason: "not_found" });
  const { lines, olderRevision } = await readLines(thread, {
    before: cursor === undefined ? undefined : Number(cursor),
    countMax: PAGE,
    bytesMax: ANSWER_MAX_BYTES - FRAME_BYTES,
  });
  return ok({ lines, olderCursor: olderRevision === null ? null : String(olderRevision) });
}

/**
 * The newest lines of a thread's history before the revision `before`, newest first: as many as fit, at least one. Each
 * line comes once, also while the events follower copies and trims: `thread` has to be read before this is called, and a
 * line is cut from the thread only after its copy is stored.
 */
export async function readLines(
  thread: Pick<StoredThread, "_id" | "history">,
  { before = Infinity, countMax, bytesMax }: Room,
): Promise<Lines> {
  const older = Number.isFinite(before) ? { revision: trusted({ $lt: before }) } : {};
  const events = await TicketEvent.find({ threadId: thread._id, ...older })
    .sort({ revision: -1 })
    .limit(countMax + 1) // one more, which tells whether there are older ones
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredTicketEvent[]>();
  // A line is in the thread, among the copied events, or for a while in both.
  const own = (thread.history ?? []).filter((line) => line.revision < before);
  const merged = new Map([...events, ...own].map((line) => [line.revision, line]));
  const newestFirst = [...merged.values()].sort((a, b) => b.revision - a.revision);

  const lines: HistoryLine[] = [];
  let bytesLeft = bytesMax;
  for (const line of newestFirst.slice(0, countMax)) {
    const shown = toHistoryLine(line);
    bytesLeft -= bytesInList(shown);
    if (bytesLeft < 0 && lines.length > 0) break;
    lines.push(shown);
  }
  const isAll = lines.length === newestFirst.length;
  return { lines, olderRevision: isAll ? null : (lines.at(-1)?.revision ?? null) };
}
