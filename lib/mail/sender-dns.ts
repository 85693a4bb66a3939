import "server-only";
import { Resolver } from "node:dns/promises";
import { processSingleton } from "@/lib/process-singleton";

/** Asks the DNS for the records of a name, as `resolve` of node:dns/promises does. */
export type Resolve = (name: string, type: string) => Promise<unknown>;

/** How the DNS answered the last mails. */
export type DnsWatch = {
  /** Until then no mail asks, in milliseconds since 1970. */
  awayUntil: number;
  /** Mails in a row that got no answer at all. */
  mailsUnanswered: number;
};

/** Limits of the look-ups of one mail. */
export const DNS_LIMITS = { totalMs: 3_000, oneMs: 1_500, lookups: 30 };

const AWAY_MS = 60_000;
/** One name may be slow on purpose, so it takes several such mails to believe that there is no network. */
const MAILS_UNANSWERED_MAX = 3;

/** The DNS says that there is no such record. */
const NO_RECORD = ["ENOTFOUND", "ENODATA"];
/** There is nobody to ask. */
const NOBODY_THERE = ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EAI_AGAIN", "ENONAME"];

class NoAnswerError extends Error {
  readonly code = "ETIMEOUT";
}

/** The look-ups of one mail. The time begins with the first; one beyond a limit fails as if it had timed out. */
export function boundedLookups(resolve: Resolve, limits = DNS_LIMITS): { lookup: Resolve; seen: () => Seen } {
  const seen = { answered: 0, unanswered: 0, nobodyThere: false };
  let left = limits.lookups;
  let until: number | null = null;
  const lookup = async (name: string, type: string): Promise<unknown> => {
    until ??= performance.now() + limits.totalMs;
    const waitMs = Math.min(limits.oneMs, until - performance.now());
    left -= 1;
    if (left < 0 || waitMs <= 0) throw new NoAnswerError("The mail's look-ups are used up");
    try {
      const records = await within(waitMs, resolve(name, type));
      seen.answered += 1;
      return records;
    } catch (error) {
      const code = codeOf(error);
      if (NO_RECORD.includes(code)) seen.answered += 1;
      else seen.unanswered += 1;
      seen.nobodyThere ||= NOBODY_THERE.includes(code);
      throw error;
    }
  };
  return { lookup, seen: () => seen };
}

type Seen = { answered: number; unanswered: number; nobodyThere: boolean };

/** Stops asking for 60 s if nobody answers. */
export function noteAnswers(watch: DnsWatch, { answered, unanswered, nobodyThere }: Seen, now: number): void {
  if (answered > 0) watch.mailsUnanswered = 0;
  else if (unanswered > 0) watch.mailsUnanswered += 1;
  if (answered > 0 || (!nobodyThere && watch.mailsUnanswered < MAILS_UNANSWERED_MAX)) return;
  watch.awayUntil = now + AWAY_MS;
  watch.mailsUnanswered = 0;
}

/** This process's own. */
export const DNS_WATCH = processSingleton("sender-dns-watch", newDnsWatch);

export function newDnsWatch(): DnsWatch {
  return { awayUntil: 0, mailsUnanswered: 0 };
}

/** The machine's DNS. */
export const resolveByDns: Resolve = (name, type) => dnsResolver().resolve(name, type);

function dnsResolver(): Resolver {
  return processSingleton("sender-dns", () => new Resolver({ timeout: 1_000, tries: 2 }));
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError("The DNS took too long")), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code of a system error, such as "ENOTFOUND"; "" if it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
