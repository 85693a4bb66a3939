import { firstNameOf } from "@/components/ui/people";
import { senderName, type TicketMessage } from "@/lib/api/vocabulary";

/** The messages after `seen`, oldest first, without automatic ones; none if `seen` is not among the messages. */
export function messagesAfter(messages: TicketMessage[], seen: string | null): TicketMessage[] {
  const at = messages.findIndex((message) => message._id === seen);
  if (at === -1 && seen !== null) return [];
  return messages.slice(at + 1).filter((message) => !message.automatic);
}

/** The start of a sentence: "Lena wrote again", "Priya and Lena wrote", "You replied from another window". */
export function whoWrote(messages: TicketMessage[], readerId: string): string {
  const names = [...new Set(messages.map((message) => authorOf(message, readerId)))];
  if (names.length === 0) return "Something newer was written";
  if (names.length > 1) return `${listOf(names)} wrote`;
  const [name = ""] = names;
  if (name === "you") return "You replied from another window";
  return messages[0]?.direction === "outbound" ? `${name} replied` : `${name} wrote again`;
}

/** The name of the author in a sentence. */
export function authorOf(message: TicketMessage, readerId: string): string {
  if (message.direction === "inbound") return firstNameOf(senderName(message));
  return message.authorId === readerId ? "you" : firstNameOf(message.authorName || message.from);
}

function listOf(names: string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
