import type { ThreadId } from "@/lib/api/contracts";
import type { CardSummary, DeliveryState, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { Act } from "./desk-acts";

/** A ticket as it must be by the product's rules alone. */
export type ExpectedTicket = {
  id: ThreadId;
  holder: TeamMember | null;
  status: TicketStatus;
  /** Changes so far, and so its revision. */
  changes: number;
  newest: string;
  opening: string;
  openingRfcId: string;
  /** The newest message there was when a member last looked, by the member's id. */
  looks: Map<string, string>;
  /** Every mail of the customer as it came. */
  mails: Buffer[];
  /** How often somebody asked for its card when only a person could bring it back. */
  cardWishes: number;
};

export type ExpectedReply = {
  id: string;
  ticket: ExpectedTicket;
  author: TeamMember;
  key: string;
  text: string;
  sendAgainPresses: number;
  isMarkedSent: boolean;
};

type SettleAction = Extract<Act, { does: "settle" }>["action"];

/** What a verb must answer: "ok", or the reason of its refusal. */
type Answer = string;

/** The desk without a database, a network or anybody else at the same time: what the rules say comes of each act. */
export class ExpectedDesk {
  readonly tickets: ExpectedTicket[] = [];
  readonly replies: ExpectedReply[] = [];

  mail(id: ThreadId, messageId: string, rfcMessageId: string, raw: Buffer): void {
    this.tickets.push({
      id,
      holder: null,
      status: "open",
      changes: 1,
      newest: messageId,
      opening: messageId,
      openingRfcId: rfcMessageId,
      looks: new Map(),
      mails: [raw],
      cardWishes: 0,
    });
  }

  customerWrites(ticket: ExpectedTicket, messageId: string, raw: Buffer): void {
    if (ticket.status === "waiting" || ticket.status === "resolved") ticket.status = "open";
    ticket.changes += 1;
    ticket.newest = messageId;
    ticket.mails.push(raw);
  }

  claim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (ticket.holder) return ticket.holder.id === member.id ? "ok" : "already_claimed";
    ticket.holder = member;
    return this.looked(ticket, member);
  }

  unclaim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (!ticket.holder) return "ok";
    if (ticket.holder.id !== member.id && member.role !== "admin") return "not_assignee";
    ticket.holder = null;
    ticket.changes += 1;
    return "ok";
  }

  setStatus(ticket: ExpectedTicket, status: TicketStatus, member: TeamMember): Answer {
    if (ticket.holder && ticket.holder.id !== member.id) return "already_claimed";
    if (ticket.holder && ticket.status === status) return "ok";
    ticket.holder = member;
    ticket.status = status;
    return this.looked(ticket, member);
  }

  reply(reply: Omit<ExpectedReply, "sendAgainPresses" | "isMarkedSent">, seen: string): Answer {
    const { ticket, author } = reply;
    if (ticket.holder && ticket.holder.id !== author.id) return "already_claimed";
    if (seen !== ticket.newest) return "newer_messages";
    this.replies.push({ ...reply, sendAgainPresses: 0, isMarkedSent: false });
    ticket.holder = author;
    ticket.status = "in_progress";
    ticket.newest = reply.id;
    return this.looked(ticket, author);
  }

  /** `state` is where the reply stands: how far the mail got is not the model's to say. */
  settle(reply: ExpectedReply, action: SettleAction, member: TeamMember, state: DeliveryState): Answer {
    const { ticket } = reply;
    if (!ticket.holder) return "changed_meanwhile";
    if (ticket.holder.id !== member.id) return "already_claimed";
    if (state !== (action === "retry" ? "failed" : "unconfirmed")) return "delivery_settled";
    ticket.changes += 1;
    if (action === "send_again") reply.sendAgainPresses += 1;
    if (action === "mark_sent") reply.isMarkedSent = true;
    return "ok";
  }

  /** `card` is how it stands and `isPaused` whether any can be posted: neither is the model's to say. */
  askForCard(ticket: ExpectedTicket, card: CardSummary["state"] | "none", isPaused: boolean): Answer {
    if (isPaused) return "cards_paused";
    if (card === "synced" || card === "pending") return "ok";
    ticket.changes += 1;
    ticket.cardWishes += 1;
    return "ok";
  }

  /** What a member has read who does not say so. */
  lastLook(ticket: ExpectedTicket, member: TeamMember): string {
    return ticket.looks.get(member.id) ?? ticket.opening;
  }

  private looked(ticket: ExpectedTicket, member: TeamMember): Answer {
    ticket.changes += 1;
    ticket.looks.set(member.id, ticket.newest);
    return "ok";
  }
}
