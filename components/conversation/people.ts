import type { TicketDetailResponse } from "@/lib/api/contracts";
import { senderName, type MailPerson, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";

/** Who is in a conversation, as its ticket tells it. */
export type People = Pick<TicketDetailResponse, "participants" | "newcomers">;

/** True for two spellings of one address. */
export function isSameAddress(one: string, other: string): boolean {
  return spelled(one) === spelled(other);
}

function spelled(address: string): string {
  return address.normalize("NFC").toLowerCase();
}

/** How an address is named to the reader: by its person's name, "support@" for the desk, else as it is. */
export function addressName(address: string, people: People, { inbox }: Pick<Ticket, "inbox">): string {
  if (inbox !== "" && isSameAddress(address, inbox)) return `${address.slice(0, address.lastIndexOf("@"))}@`;
  const known = [...people.participants, ...people.newcomers].find((person) =>
    isSameAddress(person.address, address),
  );
  return known?.name || address;
}

/** True for a reply, and for a mail that a colleague wrote with their own mail program. */
export function isOurs({ direction, authorId }: Pick<TicketMessage, "direction" | "authorId">): boolean {
  return direction === "outbound" || authorId !== null;
}

/** Who wrote a message, as the reader knows them. */
export function writerName(message: TicketMessage, readerId: string): string {
  if (!isOurs(message)) return senderName(message);
  return message.authorId === readerId ? "You" : (message.authorName ?? message.from);
}

/** The member whose address a mail has that nothing proves to be theirs; null for every other mail. */
export function claimedMember({ direction, authorId, authorName }: TicketMessage): string | null {
  return direction === "inbound" && authorId === null ? authorName : null;
}

/**
 * Whether replies go to the writer of a mail: "new" and "outside" are not addressed, and only "new" still waits for a
 * decision of a member. Null if the mail came from somebody who was in the conversation.
 */
export function standingOf(message: TicketMessage, people: People): "new" | "outside" | null {
  if (!message.isNewcomer || isOurs(message)) return null;
  const isWriter = ({ address }: { address: string }) => isSameAddress(address, message.from);
  if (people.participants.some(isWriter)) return null;
  return people.newcomers.some(isWriter) ? "new" : "outside";
}

/** Longest address that the desk takes, with a name before it. */
const WRITTEN_MAX = 320;

/** "Dora Kent <dora@example.com>", or the address alone if there is no room for a name. */
export function withName({ address, name }: MailPerson): string {
  const spoken = name?.replaceAll(/[<>"\p{Cc}\p{Zl}\p{Zp}]/gu, " ").trim();
  const written = spoken ? `${spoken} <${address}>` : address;
  return written.length <= WRITTEN_MAX ? written : address;
}
