import "server-only";
import type { MailPerson } from "@/lib/api/vocabulary";
import { addressKey } from "@/lib/mail/address";
import type { MailHead, MailList } from "@/lib/mail/parsed-mail";
import type { DeskAddresses } from "./desk";

/** Who wrote a mail. */
export type Writer = {
  person: MailPerson;
  /** The address in From, if that is not the writer's: the desk's own, a list's or one that nobody reads. */
  via: string | null;
  /** Where the writer asks to be answered, if elsewhere. */
  replyTo: MailPerson[];
};

type Head = Pick<MailHead, "authors" | "from" | "fromName" | "senders" | "replyTo" | "original" | "list">;
type Own = Pick<DeskAddresses, "isOwn">;

/** Local parts of addresses that nobody reads, in the languages we know, without the marks between their words. */
const NO_REPLY = new Set([
  ...["noreply", "donotreply", "dontreply", "noresponder", "nocontestar", "naoresponda", "naoresponder"],
  ...["nepasrepondre", "nereponse", "noreponse", "nichtantworten", "keineantwort", "keineantworten"],
  ...["nonrispondere", "nietbeantwoorden", "nietreageren", "intesvara", "svarainte", "ikkesvar", "svarikke"],
  ...["besvaresikke", "eivastausta", "eivastata", "nieodpowiadaj", "neodpovidat", "neodpovidejte"],
  ...["nevalaszoljon", "nuraspunde", "yanitlama", "yanitlamayiniz"],
]);
/** Users of a web server in whose name its forms send mail. */
const WEB_USERS = new Set(["wordpress", "www-data", "apache", "nobody"]);
const WORDS_MAX = 6;

/** "no-reply", "shop-noreply+42": some words of the local part, which its marks separate, are such a name. */
export function isNoReply(address: string): boolean {
  const local = address.slice(0, address.lastIndexOf("@")).toLowerCase().replace(/"/g, "");
  if (WEB_USERS.has(local)) return true;
  const words = local.split(/[._+\s-]+/).slice(0, WORDS_MAX);
  return words.some((_, from) => words.some((__, to) => NO_REPLY.has(words.slice(from, to + 1).join(""))));
}

/** True if the address is that of the list that the mail came by. List-Id names it with a dot for the @. */
export function isListAddress(address: string, list: MailList | null): boolean {
  if (!list) return false;
  const key = addressKey(address);
  return key === list.address || (list.id !== null && key.replace("@", ".") === list.id);
}

/**
 * Who wrote a mail: From or, if a web form, a group or a list put its own address there, the sender that it names instead
 * (X-Original-From, X-Original-Sender, then Reply-To). Without any From, the sender by its other fields or its envelope. The
 * address is "" if nobody is named at all, or if From names nobody whom mail could reach: its envelope may be a robot's. Pure.
 */
export function writerOf(head: Head, envelopeFrom: string, desk: Own): Writer {
  const isOthers = ({ address }: MailPerson) => !desk.isOwn(address) && !isListAddress(address, head.list);
  const asked = head.replyTo.filter((person) => isOthers(person) && !isNoReply(person.address));
  const stated = head.from ?? otherSender(head, asked, envelopeFrom);
  const hidden = isOthers(stated) && !isNoReply(stated.address) ? null : hiddenWriter(head, asked, isOthers);
  const person = hidden ?? stated;
  const isWriter = ({ address }: MailPerson) => addressKey(address) === addressKey(person.address);
  return {
    person: { address: person.address, name: person.name ?? nameOf(head, hidden !== null) },
    via: hidden ? stated.address : null,
    replyTo: asked.length === 1 && asked.every(isWriter) ? [] : asked,
  };
}

function otherSender(
  { authors, fromName, senders }: Head,
  asked: MailPerson[],
  envelopeFrom: string,
): MailPerson {
  if (authors > 0) return { address: asked[0]?.address ?? "", name: fromName };
  return senders[0] ?? { address: envelopeFrom, name: fromName };
}

function hiddenWriter(
  { original }: Head,
  asked: MailPerson[],
  isOthers: (person: MailPerson) => boolean,
): MailPerson | null {
  if (original && isOthers(original)) {
    const name = original.name ?? asked.find(({ address }) => address === original.address)?.name ?? null;
    return { ...original, name };
  }
  return asked[0] ?? null;
}

/** The name in From; of "'Ann Customer' via Support" the part that names the writer. */
function nameOf({ fromName }: Head, isHidden: boolean): string | null {
  if (!isHidden || fromName === null) return isHidden ? null : fromName;
  return /^['"]?(.+?)['"]? via .+$/.exec(fromName)?.[1] ?? null;
}
