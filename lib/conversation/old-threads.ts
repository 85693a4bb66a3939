import "server-only";
import { PARTICIPANTS_MAX } from "@/lib/api/contracts";
import type { MailPerson } from "@/lib/api/vocabulary";
import { addressKey } from "@/lib/mail/address";
import type { MailList } from "@/lib/mail/parsed-mail";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { DeskAddresses } from "./desk";
import { joinConversation, openConversation, type Arrival } from "./joining";
import type { People } from "./people";
import { writerOf } from "./writer";

/** The head of a stored mail. */
export type OldMail = Pick<
  StoredMessage,
  "_id" | "direction" | "automatic" | "from" | "fromName" | "replyTo" | "to" | "cc" | "at"
>;
export const OLD_MAIL_FIELDS = "direction automatic from fromName replyTo to cc at";

type Own = Pick<DeskAddresses, "isOwn">;

/**
 * The people of a thread that is older than its list of participants: those that it would have if its mails, oldest
 * first, came today. Our replies count as the team's mails, automatic mails not at all. Pure.
 */
export function peopleFromMails(stored: People, mails: OldMail[], desk: Own): People {
  const names = namesIn(stored, mails);
  const opening = mails.find(({ direction }) => direction === "inbound");
  const isOpened = opening && addressKey(opening.from) === addressKey(stored.customer.address);
  const start = isOpened
    ? openConversation(toArrival(opening, names, desk), desk)
    : withoutDesk(stored, desk);
  const later = mails.filter((mail) => mail !== opening || !isOpened).filter(({ automatic }) => !automatic);
  const found = later.reduce(
    (people, mail) => joinConversation(people, toArrival(mail, names, desk), desk),
    start,
  );
  return { ...found, participants: found.participants.slice(0, PARTICIPANTS_MAX) };
}

function withoutDesk(people: People, desk: Own): People {
  return { ...people, participants: people.participants.filter(({ address }) => !desk.isOwn(address)) };
}

type Names = Map<string, string>;

/** A mail names only its sender; its recipients are stored as addresses alone. */
function namesIn({ customer }: People, mails: OldMail[]): Names {
  const senders = mails.map(({ from, fromName }) => ({ address: from, name: fromName }));
  return new Map(
    [customer, ...senders].flatMap(({ address, name }) =>
      name ? [[addressKey(address), name] as const] : [],
    ),
  );
}

function toArrival(mail: OldMail, names: Names, desk: Own): Arrival {
  const person = (address: string): MailPerson => ({ address, name: names.get(addressKey(address)) ?? null });
  const from = person(mail.from);
  const list = listOf(mail);
  const head = {
    from,
    authors: 1,
    fromName: from.name,
    senders: [from],
    replyTo: repliesTo(mail).map(person),
  };
  const writer = writerOf({ ...head, original: null, list }, "", desk);
  return {
    messageId: mail._id,
    at: mail.at,
    writer,
    to: mail.to.map(person),
    cc: mail.cc.map(person),
    list,
    origin: originOf(mail, writer.person.address, desk),
    colleagues: new Set(),
    isForged: false,
    isDoubtful: false,
  };
}

function originOf({ direction }: OldMail, writer: string, desk: Own): Arrival["origin"] {
  if (direction === "outbound") return "team";
  return desk.isOwn(writer) ? "claims_team" : "outside"; // nothing stored proves that the desk wrote it
}

/** The list that put its own address into From, as "'Ann Customer' via Help"; no other mark of a list is stored. */
function listOf({ from, fromName, replyTo }: OldMail): MailList | null {
  const isList = replyTo !== null && /\S via \S/.test(fromName ?? "");
  return isList ? { address: addressKey(from), id: null } : null;
}

/** Reply-To, unless the mail was addressed there as well: that is a list which asks for answers to itself. */
function repliesTo({ replyTo, to, cc }: OldMail): string[] {
  if (!replyTo) return [];
  const isAddressed = [...to, ...cc].some((address) => addressKey(address) === addressKey(replyTo));
  return isAddressed ? [] : [replyTo];
}
