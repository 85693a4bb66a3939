import "server-only";
import { PARTICIPANTS_MAX, type ParticipantsRequest } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { MailPerson } from "@/lib/api/vocabulary";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { withCustomer, withoutPeople, withPeople, type People } from "@/lib/conversation/people";
import { addressKey } from "@/lib/mail/address";
import { fail, ok, type Result } from "@/lib/result";
import { asKnown, distinct, invalid, refusalOf, toPerson } from "./named-people";

/** Whom a member adds, removes and makes the customer. */
export type PeopleChange = { add: MailPerson[]; remove: string[]; customer: MailPerson | null };

/** The people of a conversation after a change, and the addresses that it changed: empty and null if it changed nothing. */
export type ChangedPeople = { people: People; added: string[]; removed: string[]; customer: string | null };

export function toPeopleChange({
  add = [],
  remove = [],
  customer,
}: Omit<ParticipantsRequest, "threadId">): PeopleChange {
  return {
    add: distinct(add.map(toPerson)),
    remove: remove.map((written) => toPerson(written).address),
    customer: customer === undefined ? null : toPerson(customer),
  };
}

/** The refusal of a change that no conversation allows; null if there is none. */
export function refusalOfChange({ add, remove, customer }: PeopleChange, desk: DeskAddresses) {
  const coming = customer ? [...add, customer] : add;
  const going = new Set(remove.map(addressKey));
  const both = coming.find(({ address }) => going.has(addressKey(address)));
  if (both) return invalid(both.address, `${both.address} is named to stay and to be removed. Name it once.`);
  return refusalOf(coming, desk);
}

/**
 * The people after the change: first the new customer, then those who come, then those who go. The customer before is
 * copied from now on, unless `isColleague`: then they are dropped, since they only passed a mail on. Pure.
 */
export function changePeople(
  before: People,
  { add, remove, customer }: PeopleChange,
  { isColleague, at }: { isColleague: boolean; at: Date },
): Result<ChangedPeople, FailureOf<"invalid_recipient" | "too_many_participants">> {
  let people = before;
  if (isOtherCustomer(before, customer)) {
    people = withCustomer(before, asKnown(customer, before), at);
    if (isColleague) people = withoutPeople(people, [before.customer.address]);
  }
  const joining = add.map((person) => ({ ...asKnown(person, before), role: "member" as const }));
  people = withoutPeople(withPeople(people, joining, at), remove);

  const { address } = people.customer;
  if (remove.map(addressKey).includes(addressKey(address))) {
    return invalid(
      address,
      `${address} is the customer of this ticket. Make somebody else the customer first.`,
    );
  }
  const count = people.participants.length;
  if (count > PARTICIPANTS_MAX && count > before.participants.length) {
    return fail({ reason: "too_many_participants" });
  }
  return ok({ people, ...differenceOf(before, people) });
}

/** True if the change makes somebody else the customer. */
export function isOtherCustomer(people: People, customer: MailPerson | null): customer is MailPerson {
  return customer !== null && addressKey(customer.address) !== addressKey(people.customer.address);
}

function differenceOf(before: People, after: People): Omit<ChangedPeople, "people"> {
  const customer = isOtherCustomer(before, after.customer) ? after.customer.address : null;
  const left = keysOf(addressesIn(after));
  const participants = keysOf(before.participants.map(({ address }) => address));
  return {
    added: after.participants
      .filter(({ key, address }) => !participants.has(key) && address !== customer)
      .map(({ address }) => address),
    removed: addressesIn(before).filter((address) => !left.has(addressKey(address))),
    customer,
  };
}

function addressesIn({ customer, participants, newcomers, replyTo }: People): string[] {
  const people = distinct([
    customer,
    ...participants,
    ...newcomers,
    ...replyTo.map((address) => ({ address, name: null })),
  ]);
  return people.map(({ address }) => address).filter((address) => address !== "");
}

function keysOf(addresses: string[]): Set<string> {
  return new Set(addresses.map(addressKey));
}
