import "server-only";
import type { ClientSession } from "mongoose";
import { PARTICIPANTS_MAX } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { Recipients } from "@/lib/api/vocabulary";
import type { DeskAddresses } from "@/lib/conversation/desk";
import {
  fieldsOf,
  peopleOf,
  recipientsOf,
  withPeople,
  type Joining,
  type People,
} from "@/lib/conversation/people";
import { addressKey } from "@/lib/mail/address";
import { fail, ok, type Result } from "@/lib/result";
import type { StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { asKnown, distinct, refusalOf, toPerson } from "./named-people";

/** The recipients that the author of a reply named; each list that is not given is the ticket's. */
export type NamedRecipients = { to?: string[] | undefined; cc?: string[] | undefined };

/** Whom a reply goes to, and those of them who are new in the conversation. */
export type Addressed = { recipients: Recipients; joining: Joining[] };

/**
 * Whom the reply goes to. A given list is taken as it is, each address once, and an address in both lists is in To. A
 * list that is not given is the ticket's, without those in the other one. Pure.
 */
export function addressReply(
  named: NamedRecipients,
  people: People,
  desk: DeskAddresses,
): Result<Addressed, FailureOf<"invalid_recipient" | "no_recipient" | "too_many_participants">> {
  const given = [named.to, named.cc].map((list) => list && distinct(list.map(toPerson)));
  const [to, cc] = given;
  const newly = distinct(given.flatMap((list) => list ?? []));
  const refusal = refusalOf(newly, desk);
  if (refusal) return refusal;

  const ticket = recipientsOf(people, desk);
  const addresses = (list: typeof to) => list?.map(({ address }) => address);
  const inTo = addresses(to) ?? without(ticket.to, addresses(cc) ?? []);
  const recipients = { to: inTo, cc: without(addresses(cc) ?? ticket.cc, inTo) };
  if (recipients.to.length === 0) return fail({ reason: "no_recipient" });

  const known = new Set(people.participants.map(({ key }) => key));
  const joining = newly
    .filter(({ address }) => !known.has(addressKey(address)))
    .map((person) => ({ ...asKnown(person, people), role: "member" as const }));
  const isFull = joining.length > 0 && known.size + joining.length > PARTICIPANTS_MAX;
  if (isFull || recipients.to.length + recipients.cc.length > PARTICIPANTS_MAX) {
    return fail({ reason: "too_many_participants" });
  }
  return ok({ recipients, joining });
}

function without(addresses: string[], others: string[]): string[] {
  const taken = new Set(others.map(addressKey));
  return addresses.filter((address) => !taken.has(addressKey(address)));
}

/** True if `named` are other recipients than those of the stored reply. */
export function isForOthers(named: NamedRecipients, { to, cc }: Pick<StoredMessage, "to" | "cc">): boolean {
  const addressesIn = (list: string[]) => list.map((written) => toPerson(written).address);
  const isOther = (list: string[] | undefined, stored: string[]) =>
    list !== undefined && keysOf(addressesIn(list)) !== keysOf(stored);
  return isOther(named.to, to) || isOther(named.cc && without(addressesIn(named.cc), to), cc);
}

function keysOf(addresses: string[]): string {
  return [...new Set(addresses.map(addressKey))].sort().join();
}

/** The part of a write's filter by which a conversation has room for so many more people. */
export function roomFor(joining: Joining[]): Record<string, unknown> {
  if (joining.length === 0) return {};
  return { [`participants.${PARTICIPANTS_MAX - joining.length}`]: { $exists: false } };
}

/** The stored fields from which the people of a conversation are read. */
export const PEOPLE_FIELDS = [
  "from",
  "fromName",
  "participants",
  "newcomers",
  "replyTo",
  "receivedAt",
] as const;

/**
 * Stores `joining` as participants of the thread, which the session's transaction has just changed. A thread older than
 * its list of participants gets the list: `people` as they were read from its mails.
 */
export async function joinByReply(
  thread: Pick<StoredThread, "_id" | (typeof PEOPLE_FIELDS)[number]>,
  { people, joining, at, session }: { people: People; joining: Joining[]; at: Date; session: ClientSession },
): Promise<void> {
  if (joining.length === 0 && thread.participants) return;
  const now = withPeople(thread.participants ? peopleOf(thread) : people, joining, at);
  await EmailThread.updateOne({ _id: thread._id }, { $set: fieldsOf(now) }, { session });
}
