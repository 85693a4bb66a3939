import "server-only";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import type { MailSilence } from "@/lib/api/contracts";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** A shorter silence is never mentioned. */
const SILENCE_MIN_MS = 3 * HOUR_MS;
/** With fewer mails the usual gap is unknown. */
const KNOWN_MIN = 20;
/** The usual gap is taken from this time before the last mail, and from at most this many mails. */
const MEMORY_MS = 14 * DAY_MS;
const MEMORY_MAX = 5_000;
/** A silence is unusual from this multiple of the 95th percentile of gaps. */
const UNUSUAL_FACTOR = 3;
/** A silence is unusual only if at least this many mails came in the same hours a week (or a day) earlier. */
const EXPECTED_MIN = 3;

/** Since when no mail has come in, if that is unusual for this ledger; else null. */
export async function mailSilence(now = new Date()): Promise<MailSilence | null> {
  const [last] = await arrivals({}, 1);
  if (!last || now.getTime() - last.getTime() < SILENCE_MIN_MS) return null;
  const since = new Date(last.getTime() - MEMORY_MS);
  return silenceOf(await arrivals({ receivedAt: trusted({ $gte: since }) }, MEMORY_MAX), now);
}

/**
 * The silence since the last of `arrivals` (newest first), if it is unusual: at least 3 hours, more than three times the
 * 95th percentile of the gaps, and with mails in the same hours a week earlier, so that a quiet night or weekend does
 * not count. Null otherwise, and if fewer than 20 mails are known.
 */
export function silenceOf(arrivals: Date[], now: Date): MailSilence | null {
  const times = arrivals.map((arrival) => arrival.getTime());
  const [last] = times;
  if (last === undefined || times.length < KNOWN_MIN) return null;
  const gaps = times
    .slice(1)
    .map((time, index) => (times[index] ?? time) - time)
    .sort((one, other) => one - other);
  const silentMs = now.getTime() - last;
  if (silentMs < SILENCE_MIN_MS || silentMs <= UNUSUAL_FACTOR * percentile(gaps, 0.95)) return null;
  if (isUsuallyQuiet(times, last, now.getTime())) return null;
  return { since: new Date(last).toISOString(), usualGapMs: percentile(gaps, 0.5) };
}

/** Whether few mails came in the same hours a week earlier, or a day earlier on a desk younger than a week. */
function isUsuallyQuiet(times: number[], last: number, now: number): boolean {
  const oldest = times.at(-1) ?? last;
  const shift = [7 * DAY_MS, DAY_MS].find((earlier) => oldest <= last - earlier);
  if (shift === undefined) return false;
  const then = times.filter((time) => time > last - shift && time <= now - shift);
  return then.length < EXPECTED_MIN;
}

/** The smallest value that `share` of the `sorted` values do not exceed. */
function percentile(sorted: number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/** The times of arrival, newest first, read from the index alone. */
async function arrivals(filter: object, limit: number): Promise<Date[]> {
  const rows = await InboundEmail.find(filter, { receivedAt: 1, _id: 0 })
    .sort({ receivedAt: -1, _id: -1 })
    .limit(limit)
    .batchSize(limit)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredInboundEmail, "receivedAt">[]>();
  return rows.map(({ receivedAt }) => receivedAt);
}
