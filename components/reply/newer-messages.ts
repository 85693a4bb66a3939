import { firstNameOf } from "@/components/ui/people";
import { senderName, type TicketMessage } from "@/lib/api/vocabulary";
import { isSameAddress } from "./address-list";

/** The messages after `seen`, oldest first, without automatic ones; none if `seen` is not among the messages. */
export function messagesAfter(messages: TicketMessage[], seen: string | null): TicketMessage[] {
  const at = messages.findIndex((message) => message._id === seen);
  if (at === -1 && seen !== null) return [];
  return messages.slice(at + 1).filter((message) => !message.automatic);
}

/** The start of a sentence about some of `all`: "Lena wrote again", "Stran wrote" of a first mail, "Priya and Lena wrote", "You replied from another window". */
export function whoWrote(messages: TicketMessage[], readerId: string, all: TicketMessage[]): string {
  const names = [...new Set(messages.map((message) => authorOf(message, readerId)))];
  if (names.length === 0) return "Something newer was written";
  if (names.length > 1) return `${listOf(names)} wrote`;
  const [name = ""] = names;
  if (name === "you") return "You replied from another window";
  const [first] = messages;
  if (first?.direction === "outbound") return `${name} replied`;
  return first && hasWritten(first, all) ? `${name} wrote again` : `${name} wrote`;
}

/** True if the author of this mail wrote another one. */
function hasWritten({ _id, from }: TicketMessage, all: TicketMessage[]): boolean {
  return all.some(
    (other) =>
      other.direction === "inbound" &&
      other._id !== _id &&
      isSameAddress({ address: other.from }, { address: from }),
  );
}

/** The name of the author in a sentence. */
export function authorOf(message: TicketMessage, readerId: string): string {
  if (message.direction === "inbound") return firstNameOf(senderName(message));
  return message.authorId === readerId ? "you" : firstNameOf(message.authorName || message.from);
}

function listOf(names: string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
