import { firstNameOf } from "@/components/ui/people";
import { senderName, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";
import { HAPPENED } from "./notice-words";
import { isSameAddress } from "./people";

/** The messages after `seen`, oldest first, without those that hold nothing back; none if `seen` is not among the messages. */
export function messagesAfter(messages: TicketMessage[], seen: string | null): TicketMessage[] {
  const at = messages.findIndex((message) => message._id === seen);
  if (at === -1 && seen !== null) return [];
  return messages.slice(at + 1).filter(isToBeSeen);
}

/** The newest message of the ticket that the page shows; null if it shows none. */
export function newestShown(
  { lastMessageId }: Pick<Ticket, "lastMessageId">,
  messages: TicketMessage[],
): string | null {
  const isShown = messages.length === 0 || messages.some(({ _id }) => _id === lastMessageId);
  return isShown ? lastMessageId : (messages.findLast(isToBeSeen)?._id ?? null);
}

/** The newest message after `seen` if all after it tell about that very reply; else `seen`. */
export function pastOwnNotices(messages: TicketMessage[], seen: string): string {
  const after = messagesAfter(messages, seen);
  const isOwn = after.every(({ notice }) => notice?.replyId === seen);
  return (isOwn && after.at(-1)?._id) || seen;
}

/** Automatic mail holds nothing back; the proven fate of a reply does, and that somebody declined the ticket. */
function isToBeSeen({ automatic, notice, declined }: TicketMessage): boolean {
  if (declined) return true;
  return notice ? notice.isProven : !automatic;
}

/**
 * The start of a sentence about some of `all`: "Lena wrote again", "Stran wrote" of a first mail, "Priya and Lena wrote",
 * "You replied from another window"; if there is no mail among them, "A reply came back" or "Priya declined it".
 */
export function whoWrote(messages: TicketMessage[], readerId: string, all: TicketMessage[]): string {
  const mails = messages.filter(isMail);
  const row = messages.findLast((message) => !isMail(message));
  if (mails.length === 0 && row) return happened(row, readerId);
  const names = [...new Set(mails.map((message) => authorOf(message, readerId)))];
  if (names.length === 0) return "Something newer was written";
  if (names.length > 1) return `${listOf(names)} wrote`;
  const [name = ""] = names;
  if (name === "you") return "You replied from another window";
  const [first] = mails;
  if (first?.direction === "outbound") return `${name} replied`;
  return first && hasWritten(first, all) ? `${name} wrote again` : `${name} wrote`;
}

/** Like `whoWrote`, but after a colon: "a reply came back". */
export function thatWrote(messages: TicketMessage[], readerId: string, all: TicketMessage[]): string {
  const words = whoWrote(messages, readerId, all);
  const isName = messages.some(
    (message) => message.notice === null && words.startsWith(authorOf(message, readerId)),
  );
  return isName ? words : words.charAt(0).toLowerCase() + words.slice(1);
}

/** True if the author of this mail wrote another one. */
function hasWritten({ _id, from }: TicketMessage, all: TicketMessage[]): boolean {
  return all.some(
    (other) =>
      other.direction === "inbound" &&
      other.notice === null &&
      other._id !== _id &&
      isSameAddress(other.from, from),
  );
}

/** "Priya declined it", or the fate of a reply: of a row that is no mail. */
function happened({ notice, declined }: TicketMessage, readerId: string): string {
  if (notice) return HAPPENED[notice.kind];
  if (!declined) return "Something newer was written";
  const { by } = declined;
  return `${by.id === readerId ? "You" : firstNameOf(by.name || by.email)} declined it`;
}

/** False for a row of ours or a report that tells about a reply or a hand-over. */
function isMail({ notice, declined }: TicketMessage): boolean {
  return notice === null && declined === null;
}

/** The name of the author in a sentence. */
export function authorOf(message: TicketMessage, readerId: string): string {
  if (message.declined) {
    const { by } = message.declined;
    return by.id === readerId ? "you" : firstNameOf(by.name || by.email);
  }
  if (message.direction === "inbound") return firstNameOf(senderName(message));
  return message.authorId === readerId ? "you" : firstNameOf(message.authorName || message.from);
}

function listOf(names: string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
