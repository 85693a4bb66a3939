import { firstNameOf } from "@/components/ui/people";
import type { Handover, Person, TicketSummary } from "@/lib/api/vocabulary";

type Given = Pick<TicketSummary, "assignedTo" | "handover">;

/** The hand-over of a ticket that somebody gave to the reader; null if nobody did, or the reader has worked on it since. */
export function givenTo({ assignedTo, handover }: Given, readerId: string): Handover | null {
  return handover && assignedTo === readerId && handover.by.id !== readerId ? handover : null;
}

/** "Maya gave you this: note", as a row says it before the text; null if nobody gave it to the reader. */
export function givenText(ticket: Given, readerId: string): string | null {
  const handover = givenTo(ticket, readerId);
  return handover && `${giverOf(handover)} gave you this${handover.note ? `: ${handover.note}` : "."}`;
}

/** "Tomás declined it: “reason”", as a row says it. */
export function declinedText(declined: TicketSummary["declined"], readerId: string): string {
  if (!declined) return "Declined: nobody holds it now.";
  const { by, reason } = declined;
  const start = `${by.id === readerId ? "You" : firstNameOf(by.name || by.email)} declined it`;
  return reason ? `${start}: “${inOneLine(reason)}”` : `${start}.`;
}

function inOneLine(words: string): string {
  return words.replace(/\s+/g, " ");
}

export function giverOf({ by }: { by: Person }): string {
  return firstNameOf(by.name || by.email);
}
