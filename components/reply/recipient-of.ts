import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";

/** Where the reply goes: what the customer's last mail asks for, else its sender, else the ticket's; null for nowhere. */
export function recipientOf(ticket: Ticket, messages: TicketMessage[]): string | null {
  const received = messages.filter((message) => message.direction === "inbound");
  const answered = received.findLast((message) => !message.automatic) ?? received.at(-1);
  const candidates = [answered?.replyTo, answered?.from, ticket.from];
  const isCustomers = (address: string | null | undefined): address is string =>
    !!address?.includes("@") && address.toLowerCase() !== ticket.inbox.toLowerCase();
  return candidates.find(isCustomers) ?? null;
}
