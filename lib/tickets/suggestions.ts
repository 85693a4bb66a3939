import "server-only";
import type { QueryFilter } from "mongoose";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { MailPerson } from "@/lib/api/vocabulary";
import { findColleagues } from "@/lib/conversation/colleague";
import { readDesk } from "@/lib/conversation/desk";
import { problemWith } from "@/lib/conversation/people";
import { readPeople } from "@/lib/conversation/recipients";
import { addressKey } from "@/lib/mail/address";
import { fail, ok, type Result } from "@/lib/result";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { ADDRESS_COLLATION } from "@/models/address-collation";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { distinct } from "./named-people";
import { findStoredThread } from "./transition";

/** Most people that are offered. */
const SUGGESTIONS_MAX = 20;
/** Newest mails of the ticket, and newest other tickets of its customer, in which people are looked for. */
const MAILS_MAX = 100;
const TICKETS_MAX = 10;

/**
 * People to offer when somebody is added to the ticket: its newcomers, then others whom its mails name, then the people of
 * its customer's newest other tickets, at most 20 in all. Never the desk or a participant, nobody whom mail cannot be sent
 * to, and of the team only those whom this ticket's mails name.
 */
export async function suggestPeople(
  threadId: ThreadId,
): Promise<Result<MailPerson[], FailureOf<"not_found">>> {
  const thread = await findStoredThread(threadId);
  if (!thread || thread.mergedInto) return fail({ reason: "not_found" });
  if (thread.emptiedAt) return ok([]);
  const desk = await readDesk();
  const [{ customer, participants, newcomers }, named, earlier] = await Promise.all([
    readPeople(thread, desk),
    peopleInMails(thread),
    peopleOfOtherTickets(thread),
  ]);
  const taken = new Set([customer, ...participants].map(({ address }) => addressKey(address)));
  const isFree = ({ address }: MailPerson) =>
    !taken.has(addressKey(address)) && problemWith(address, desk) === null;
  const here = distinct([...newcomers.toReversed(), ...named].filter(isFree));
  const shown = here.slice(0, SUGGESTIONS_MAX);
  const others = distinct([...here, ...earlier.filter(isFree)]).slice(here.length);
  const offered = await withoutColleagues(others.slice(0, SUGGESTIONS_MAX));
  return ok([...shown, ...offered].slice(0, SUGGESTIONS_MAX).map(({ address, name }) => ({ address, name })));
}

type Named = Pick<StoredMessage, "from" | "fromName" | "replyTo" | "to" | "cc" | "forwardedFrom">;

async function peopleInMails({ _id: threadId }: StoredThread): Promise<MailPerson[]> {
  const written = { threadId, state: trusted({ $ne: "cancelled" }) } as QueryFilter<StoredMessage>;
  const mails = await EmailMessage.find(written, "from fromName replyTo to cc forwardedFrom")
    .sort({ at: -1, _id: -1 })
    .limit(MAILS_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Named[]>();
  const writers = mails.flatMap(({ from, fromName, forwardedFrom }) => [
    { address: from, name: fromName },
    ...(forwardedFrom ? [forwardedFrom] : []),
  ]);
  const named = mails.flatMap(({ replyTo, to, cc }) => [...(replyTo ? [replyTo] : []), ...to, ...cc]);
  return [...writers, ...named.map((address) => ({ address, name: null }))];
}

async function peopleOfOtherTickets({ _id, from = "" }: StoredThread): Promise<MailPerson[]> {
  const key = addressKey(from);
  if (key === "") return [];
  // The index has the tickets of one address in the order in which they were made. It is read from their end: a sort by a
  // single value would be left out, so the filter names a range that ends with it.
  const upTo = { from: trusted({ $gt: key.slice(0, -1), $lte: key }) } as QueryFilter<StoredThread>;
  const threads = await EmailThread.find(upTo, "from participants emptiedAt")
    .collation(ADDRESS_COLLATION)
    .sort({ from: -1 })
    .limit(TICKETS_MAX + 1)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredThread[]>();
  return threads
    .filter((other) => addressKey(other.from ?? "") === key && !other._id.equals(_id) && !other.emptiedAt)
    .flatMap(({ participants = [] }) => participants);
}

async function withoutColleagues(people: MailPerson[]): Promise<MailPerson[]> {
  const colleagues = await findColleagues(people.map(({ address }) => address));
  return people.filter(({ address }) => !colleagues.has(addressKey(address)));
}
