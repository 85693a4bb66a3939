import "server-only";
import type { MailPerson, ParticipantRole, Recipients } from "@/lib/api/vocabulary";
import { addressKey, addressProblem } from "@/lib/mail/address";
import type { StoredNewcomer, StoredParticipant, StoredThread } from "@/models/EmailThreadModel";
import type { DeskAddresses } from "./desk";

/** The people of a conversation, as a thread stores them. */
export type People = {
  customer: MailPerson;
  participants: StoredParticipant[];
  newcomers: StoredNewcomer[];
  /** Where the customer asks to be answered; empty: at the customer's own address. */
  replyTo: string[];
};

/** Somebody to add. */
export type Joining = MailPerson & { role: ParticipantRole };

type Rules = Pick<DeskAddresses, "isOwn" | "takesUtf8">;

/**
 * Whom a reply goes to: the customer in To (where they asked to be answered, if mail can be sent there), everybody else in
 * Cc; in To if the customer cannot be mailed. Never the desk itself, and nobody whose address mail cannot be sent to.
 * Pure: every screen and every reply has it from here.
 */
export function recipientsOf({ customer, participants, replyTo }: People, desk: Rules): Recipients {
  const asked = mailable(replyTo, desk);
  const to = asked.length > 0 ? asked : mailable([customer.address], desk);
  const others = participants.filter(({ key }) => key !== addressKey(customer.address));
  const taken = new Set(to.map(addressKey));
  const cc = mailable(
    others.map(({ address }) => address),
    desk,
  ).filter((address) => !taken.has(addressKey(address)));
  return to.length > 0 ? { to, cc } : { to: cc, cc: [] };
}

function mailable(addresses: string[], desk: Rules): string[] {
  const found = new Map(addresses.map((address) => [addressKey(address), address]));
  return [...found.values()].filter((address) => problemWith(address, desk) === null);
}

/** Why a reply cannot go to this address, in a sentence; null if it can. */
export function problemWith(address: string, desk: Rules): string | null {
  if (desk.isOwn(address)) return `${address} is the desk's own address.`;
  return addressProblem(address, desk);
}

/** The people with those added who are not among them; whoever is added is no newcomer any more. Pure. */
export function withPeople(people: People, joining: Joining[], at: Date): People {
  const known = new Set(people.participants.map(({ key }) => key));
  const added = new Map<string, StoredParticipant>();
  for (const { address, name, role } of joining) {
    const key = addressKey(address);
    if (!known.has(key) && !added.has(key)) added.set(key, { key, address, name, role, at });
  }
  return {
    ...people,
    participants: [...people.participants, ...added.values()],
    newcomers: people.newcomers.filter(({ key }) => !added.has(key) && !known.has(key)),
  };
}

/** The people without these addresses, be they participants or newcomers. The customer stays. Pure. */
export function withoutPeople(people: People, addresses: string[]): People {
  const gone = new Set(addresses.map(addressKey));
  gone.delete(addressKey(people.customer.address));
  return {
    ...people,
    participants: people.participants.filter(({ key }) => !gone.has(key)),
    newcomers: people.newcomers.filter(({ key }) => !gone.has(key)),
    replyTo: people.replyTo.filter((address) => !gone.has(addressKey(address))),
  };
}

/** The people with another customer, who is answered at their own address. The one before is copied from now on. Pure. */
export function withCustomer(people: People, customer: MailPerson, at: Date): People {
  const key = addressKey(customer.address);
  const others = people.participants
    .filter((participant) => participant.key !== key)
    .map((participant) =>
      participant.role === "customer" ? { ...participant, role: "copied" as const } : participant,
    );
  return {
    customer,
    participants: [{ key, ...customer, role: "customer", at }, ...others],
    newcomers: people.newcomers.filter((newcomer) => newcomer.key !== key),
    replyTo: [],
  };
}

/** True if somebody whom a reply went to before is no recipient any more. */
export function isNarrower(before: Recipients, after: Recipients): boolean {
  const all = ({ to, cc }: Recipients) => [...to, ...cc].map(addressKey);
  const left = new Set(all(after));
  return all(before).some((key) => !left.has(key)) || !isSameTo(before, after);
}

function isSameTo(before: Recipients, after: Recipients): boolean {
  return before.to.map(addressKey).join() === after.to.map(addressKey).join();
}

/** The people as the thread stores them. A thread older than these fields has its customer alone. */
export function peopleOf(
  thread: Pick<
    StoredThread,
    "from" | "fromName" | "participants" | "newcomers" | "replyTo" | "receivedAt" | "_id"
  >,
): People {
  const customer = { address: thread.from ?? "", name: thread.fromName ?? null };
  const at = thread.receivedAt ?? thread._id.getTimestamp();
  const own = { key: addressKey(customer.address), ...customer, role: "customer" as const, at };
  return {
    customer,
    participants: thread.participants ?? (customer.address === "" ? [] : [own]),
    newcomers: thread.newcomers ?? [],
    replyTo: thread.replyTo ?? [],
  };
}

/** The thread's fields for these people. */
export function fieldsOf({ customer, participants, newcomers, replyTo }: People) {
  return { from: customer.address, fromName: customer.name, participants, newcomers, replyTo };
}
