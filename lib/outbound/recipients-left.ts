import "server-only";
import { addressKey } from "@/lib/mail/address";
import type { Rejection, SendOutcome } from "@/lib/mail/smtp";
import type { StoredMessage } from "@/models/EmailMessageModel";

// A reply goes out to several recipients in one session, and the mail server may take it for some of them alone.

type Addressed = Pick<StoredMessage, "to" | "cc" | "takenFor" | "undelivered">;
type Undelivered = NonNullable<StoredMessage["undelivered"]>[number];

/** Addresses that a sentence names at most. */
const NAMED_MAX = 5;

/** How far a reply has come after an attempt. */
export type Progress = {
  state: "sent" | "queued" | "failed" | "unconfirmed";
  takenFor: string[];
  undelivered: Undelivered[];
  lastError: string | null;
  serverSaid: string | null;
};

/** Whom the next attempt is for: everybody for whom the reply was neither taken nor refused for good, each once. */
export function recipientsLeft({ to, cc, takenFor = [], undelivered = [] }: Addressed): string[] {
  const done = new Set([...takenFor, ...undelivered.map(({ address }) => address)].map(addressKey));
  const left = new Map<string, string>();
  for (const address of [...to, ...cc]) {
    const key = addressKey(address);
    if (!done.has(key) && !left.has(key)) left.set(key, address);
  }
  return [...left.values()];
}

/**
 * How far a reply has come after an attempt for those who were left. It is sent once nobody is left and the server took it
 * for somebody in To; those who were refused, or put off until the last attempt, are undelivered. Pure.
 */
export function progressAfter(
  row: Addressed,
  outcome: SendOutcome,
  { isLast }: { isLast: boolean },
): Progress {
  const left = recipientsLeft(row);
  const rejected = rejectedBy(outcome, left);
  const before = { takenFor: row.takenFor ?? [], undelivered: row.undelivered ?? [] };
  if (outcome.kind === "unconfirmed") {
    const undelivered = [...before.undelivered, ...rejected.map(toUndelivered)];
    return { ...before, state: "unconfirmed", undelivered, lastError: outcome.detail, serverSaid: null };
  }

  const isRejected = new Set(rejected.map(({ address }) => address));
  const takenFor = [...before.takenFor, ...left.filter((address) => !isRejected.has(address))];
  const isOver = ({ permanent }: Rejection) => permanent || isLast;
  const undelivered = [...before.undelivered, ...rejected.filter(isOver).map(toUndelivered)];
  const waiting = rejected.filter((rejection) => !isOver(rejection));
  if (waiting.length > 0) {
    const isPart = takenFor.length + undelivered.length > 0;
    const lastError = reasonToWait(waiting, isPart);
    return { state: "queued", takenFor, undelivered, lastError, serverSaid: saidIn(waiting) };
  }
  const serverSaid = saidIn(undelivered);
  if (takenFor.length === 0) {
    return { state: "failed", takenFor, undelivered: [], lastError: reasonsOf(undelivered), serverSaid };
  }
  // Whoever it was written to has nothing, even if others have their copy.
  const isForNobody = row.to.every((address) => isAmong(address, undelivered));
  if (isForNobody) {
    return { state: "failed", takenFor, undelivered: [], lastError: notDelivered(undelivered), serverSaid };
  }
  const isWhole = undelivered.length === 0; // then `takenFor` would only repeat the recipients
  return {
    state: "sent",
    takenFor: isWhole ? [] : takenFor,
    undelivered,
    lastError: notDelivered(undelivered),
    serverSaid,
  };
}

/** The server's words about the first of them; null if it said nothing. */
function saidIn(people: Pick<Rejection, "said">[]): string | null {
  return people.find(({ said }) => said)?.said ?? null;
}

function isAmong(address: string, people: { address: string }[]): boolean {
  const key = addressKey(address);
  return people.some((person) => addressKey(person.address) === key);
}

function rejectedBy(outcome: SendOutcome, left: string[]): Rejection[] {
  if ("rejected" in outcome) return outcome.rejected;
  return left.map((address) => ({ address, permanent: false, detail: outcome.detail }));
}

function toUndelivered({ address, detail, said = null }: Rejection): Undelivered {
  return { address, detail, said };
}

/** A sentence that names those who did not get a reply; null if all did. */
export function notDelivered(undelivered: Undelivered[]): string | null {
  if (undelivered.length === 0) return null;
  const [first] = undelivered;
  if (first && undelivered.length === 1) return `Not delivered to ${first.address}. ${first.detail}`;
  return `Not delivered to ${named(undelivered)}.`;
}

function reasonToWait(waiting: Rejection[], isPart: boolean): string {
  const detail = waiting[0]?.detail ?? "";
  return isPart ? `Not delivered to ${named(waiting)} yet. ${detail}` : detail;
}

/** Why nobody got it: the mail server's words, with the addresses if they differ. */
function reasonsOf(undelivered: Undelivered[]): string {
  const details = new Set(undelivered.map(({ detail }) => detail));
  if (details.size <= 1) return [...details].join("");
  return undelivered
    .slice(0, NAMED_MAX)
    .map(({ address, detail }) => `${address}: ${detail}`)
    .join(" ");
}

function named(people: { address: string }[]): string {
  const shown = people.slice(0, NAMED_MAX).map(({ address }) => address);
  const more = people.length - shown.length;
  return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}
