import "server-only";
import { PARTICIPANTS_MAX } from "@/lib/api/contracts";
import type { MailPerson, NewcomerReason } from "@/lib/api/vocabulary";
import { addressKey } from "@/lib/mail/address";
import type { MailList } from "@/lib/mail/parsed-mail";
import type { StoredNewcomer } from "@/models/EmailThreadModel";
import type { DeskAddresses } from "./desk";
import { withPeople, type People } from "./people";
import { isListAddress, type Writer } from "./writer";

/** A mail that opens a conversation or joins one. */
export type Arrival = {
  messageId: string;
  at: Date;
  writer: Writer;
  to: MailPerson[];
  cc: MailPerson[];
  list: MailList | null;
  /** "team": a colleague, or the desk's own address, and that is proven. "claims_team": it is not proven. */
  origin: "outside" | "team" | "claims_team";
  /** Addresses of members among the people whom the mail names, as `addressKey` writes them. */
  colleagues: ReadonlySet<string>;
  /** The check of the sender failed. */
  isForged: boolean;
  /**
   * No check speaks for the writer: it failed, or the writer is not who stands alone in From, so that a check of From says
   * nothing about them.
   */
  isDoubtful: boolean;
};

/**
 * The part that the writer of a mail has in a conversation: its customer; somebody else of it; a stranger; the team; or
 * somebody who claims to be of the team or of the conversation without proof, and who changes no recipient.
 */
export type Standing = "customer" | "participant" | "stranger" | "team" | "unproven";

/** Most newcomers that are offered, the newest. A stranger could send more. */
const NEWCOMERS_MAX = 50;

type Own = Pick<DeskAddresses, "isOwn">;

/**
 * The people that the mail is addressed to, without the desk, the list it came by and its writer; of the team's mail
 * without colleagues, who are no customers.
 */
export function addressedBy({ to, cc, list, writer, origin, colleagues }: Arrival, desk: Own): MailPerson[] {
  const own = new Set([addressKey(writer.person.address), addressKey(writer.via ?? "")]);
  const isInside = (key: string) => own.has(key) || (origin === "team" && colleagues.has(key));
  return [...to, ...cc].filter(
    ({ address }) => !desk.isOwn(address) && !isListAddress(address, list) && !isInside(addressKey(address)),
  );
}

/**
 * The people of a conversation that this mail opens: its writer is the customer, and whoever it was addressed to is
 * copied. If the team wrote it, the first person outside whom it was addressed to is the customer. Pure.
 */
export function openConversation(arrival: Arrival, desk: Own): People {
  const { writer, origin, at } = arrival;
  const addressed = addressedBy(arrival, desk);
  const [first, ...rest] = addressed;
  if (origin === "team" && first) {
    return withCopied(conversationWith(first, at), rest, arrival);
  }
  const people: People = desk.isOwn(writer.person.address)
    ? { customer: writer.person, participants: [], newcomers: [], replyTo: [] }
    : conversationWith(writer.person, at);
  if (origin === "claims_team" || arrival.isForged) return offering(people, arrival, addressed, "copied");
  const asking = { ...people, replyTo: writer.replyTo.map(({ address }) => address) };
  return withCopied(asking, [...writer.replyTo, ...addressed], arrival);
}

function conversationWith(customer: MailPerson, at: Date): People {
  const people: People = { customer, participants: [], newcomers: [], replyTo: [] };
  return customer.address === "" ? people : withPeople(people, [{ ...customer, role: "customer" }], at);
}

/** The part of the mail's writer in a conversation. Pure. */
export function standingIn(people: People, { writer, origin, isDoubtful }: Arrival): Standing {
  const isProven = !isDoubtful && origin !== "claims_team";
  if (isCustomer(people, writer)) return isProven ? "customer" : "unproven";
  if (origin === "team") return "team";
  if (origin === "claims_team") return "unproven";
  const key = addressKey(writer.person.address);
  const isKnown = people.participants.some((participant) => participant.key === key);
  if (!isKnown) return "stranger";
  return isDoubtful ? "unproven" : "participant";
}

/** True if the writer is the conversation's customer, at their own address or where they asked to be answered. */
export function isCustomer({ customer, replyTo }: People, { person }: Writer): boolean {
  if (person.address === "") return false; // nobody is named
  return [customer.address, ...replyTo].map(addressKey).includes(addressKey(person.address));
}

/**
 * The people of a conversation after this mail has joined it. Only the customer and the team bring others in; whoever
 * else is named is offered to the members. Pure.
 */
export function joinConversation(people: People, arrival: Arrival, desk: Own): People {
  const addressed = addressedBy(arrival, desk);
  switch (standingIn(people, arrival)) {
    case "customer":
      return askedOf(withCopied(people, addressed, arrival), people, arrival);
    case "team":
      return joinedByTeam(people, addressed, arrival);
    case "stranger":
      return offering(people, arrival, [arrival.writer.person], "wrote");
    case "participant":
    case "unproven": {
      if (arrival.origin === "claims_team") return people;
      const asking = offering(people, arrival, arrival.writer.replyTo, "reply_to");
      return offering(asking, arrival, addressed, "copied");
    }
  }
}

/** A Reply-To counts if it names people of the conversation; others are offered, since a forged From could name them. */
function askedOf(people: People, before: People, arrival: Arrival): People {
  const known = new Set(before.participants.map(({ key }) => key));
  const isKnown = ({ address }: MailPerson) => known.has(addressKey(address));
  const asked = arrival.writer.replyTo.filter(isKnown).map(({ address }) => address);
  const others = arrival.writer.replyTo.filter((person) => !isKnown(person));
  const answered = asked.length > 0 ? { ...people, replyTo: asked } : people;
  return offering(answered, arrival, others, "reply_to");
}

/** A ticket without a customer whom mail can reach gets one: the first person whom the team wrote to. */
function joinedByTeam(people: People, addressed: MailPerson[], arrival: Arrival): People {
  const [first, ...rest] = addressed;
  if (people.participants.length > 0 || !first) return withCopied(people, addressed, arrival);
  return withCopied({ ...conversationWith(first, arrival.at), newcomers: people.newcomers }, rest, arrival);
}

/** With those whom a mail was addressed to; as many as a conversation has room for, and the others are offered. */
function withCopied(people: People, addressed: MailPerson[], arrival: Arrival): People {
  const known = new Set(people.participants.map(({ key }) => key));
  const coming = new Map<string, MailPerson>();
  for (const person of addressed) {
    const key = addressKey(person.address);
    if (!known.has(key) && !coming.has(key)) coming.set(key, person);
  }
  const room = Math.max(0, PARTICIPANTS_MAX - known.size);
  const joining = [...coming.values()].slice(0, room).map((one) => ({ ...one, role: "copied" as const }));
  return offering(
    withPeople(people, joining, arrival.at),
    arrival,
    [...coming.values()].slice(room),
    "copied",
  );
}

function offering(
  people: People,
  { messageId, at }: Arrival,
  offered: MailPerson[],
  why: NewcomerReason,
): People {
  const known = new Set([...people.participants, ...people.newcomers].map(({ key }) => key));
  const newcomers: StoredNewcomer[] = offered.flatMap(({ address, name }) => {
    const key = addressKey(address);
    if (address === "" || known.has(key)) return [];
    known.add(key);
    return [{ key, address, name, messageId, why, at }];
  });
  return { ...people, newcomers: [...people.newcomers, ...newcomers].slice(-NEWCOMERS_MAX) };
}
