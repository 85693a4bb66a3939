import type { CardSummary, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { Act } from "./desk-acts";
import { ExpectedAttention } from "./expected-attention";
import { ExpectedDeliveries } from "./expected-deliveries";
import {
  hold,
  openAgain,
  type Answer,
  type ExpectedReply,
  type ExpectedTicket,
  type FiledMail,
} from "./expected-ticket";
import type { ExpectedPeople } from "./expected-people";

export type PeopleChange = Extract<Act, { does: "change people" }>["change"];

/** The desk without a database, a network or concurrency: the effect of each act by the rules. */
export class ExpectedDesk {
  readonly tickets: ExpectedTicket[] = [];
  readonly replies: ExpectedReply[] = [];
  readonly deliveries = new ExpectedDeliveries(this.replies);
  /** The tickets of customers who answered the newsletter. */
  readonly readers = new Map<string, ExpectedTicket>();

  mail({ id, messageId, rfcMessageId, raw }: FiledMail, people: ExpectedPeople): ExpectedTicket {
    const ticket: ExpectedTicket = {
      id,
      assignee: null,
      ...{ giver: null, givenBackTo: null, acts: 0, sideChanges: 0 },
      status: "open",
      changes: 1,
      newest: messageId,
      opening: messageId,
      openingRfcId: rfcMessageId,
      looks: new Map(),
      attention: new ExpectedAttention(),
      waitsSince: messageId,
      fromOutside: [messageId],
      mails: [raw],
      reports: [],
      notices: new Set(),
      people,
      drawn: null,
      cardWishes: 0,
    };
    ticket.attention.customerWrote();
    this.tickets.push(ticket);
    return ticket;
  }

  /** Somebody outside the team writes, be it the customer or not. */
  outsideWrites(ticket: ExpectedTicket, mail: FiledMail): void {
    openAgain(ticket);
    ticket.attention.customerWrote();
    ticket.waitsSince ??= mail.messageId;
    ticket.fromOutside.push(mail.messageId);
    this.teamWrites(ticket, mail, null);
  }

  /** A member writes by mail, or somebody who claims to be one (null). */
  teamWrites(
    ticket: ExpectedTicket,
    { messageId, raw }: Pick<FiledMail, "messageId" | "raw">,
    member: TeamMember | null,
  ): void {
    ticket.changes += 1;
    ticket.newest = messageId;
    ticket.mails.push(raw);
    if (member) ticket.waitsSince = null;
    if (!member || ticket.assignee) return;
    hold(ticket, member);
    ticket.acts += 1;
    ticket.looks.set(member.id, messageId);
  }

  claim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (ticket.assignee) return ticket.assignee.id === member.id ? "ok" : "already_claimed";
    hold(ticket, member);
    return this.looked(ticket, member);
  }

  unclaim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (!ticket.assignee) return "ok";
    if (ticket.assignee.id !== member.id && member.role !== "admin") return "not_assignee";
    ticket.assignee = null;
    ticket.giver = null;
    ticket.changes += 1;
    ticket.acts += 1;
    return "ok";
  }

  setStatus(ticket: ExpectedTicket, status: TicketStatus, member: TeamMember, seen: string): Answer {
    if (ticket.assignee && ticket.assignee.id !== member.id) return "already_claimed";
    if (ticket.assignee && ticket.status === status) return "ok";
    if (status === "waiting" || status === "resolved") {
      if (seen !== ticket.newest) return "newer_messages";
      ticket.attention.allSeen();
      ticket.waitsSince = null;
    }
    hold(ticket, member);
    ticket.status = status;
    return this.looked(ticket, member);
  }

  see(ticket: ExpectedTicket, seen: string, member: TeamMember): Answer {
    if (ticket.assignee && ticket.assignee.id !== member.id) return "already_claimed";
    if (seen !== ticket.newest) return "newer_messages";
    if (ticket.attention.shown === null) return "ok";
    ticket.attention.allSeen();
    hold(ticket, member);
    return this.looked(ticket, member);
  }

  /** `carried` is the revision of the recipients that the reply carries, if it carries any. */
  reply(
    reply: Pick<ExpectedReply, "id" | "ticket" | "author" | "key" | "text" | "shown" | "added">,
    seen: string,
    carried: number | undefined,
  ): Answer {
    const { ticket, author, added } = reply;
    if (ticket.assignee && ticket.assignee.id !== author.id) return "already_claimed";
    if (seen !== ticket.newest) return "newer_messages";
    if (carried !== undefined && carried !== ticket.people.revision) return "recipients_changed";
    this.replies.push({
      ...reply,
      sendAgainPresses: 0,
      isMarkedSent: false,
      isUndone: false,
      answersSince: ticket.waitsSince,
      outsideBefore: ticket.fromOutside.length,
      told: new Set(),
      bounced: new Set(),
      isBackEarly: false,
    });
    ticket.attention.allSeen();
    ticket.waitsSince = null;
    ticket.people.bringIn(added);
    hold(ticket, author);
    ticket.status = "in_progress";
    ticket.newest = reply.id;
    return this.looked(ticket, author);
  }

  changePeople(ticket: ExpectedTicket, change: PeopleChange, address: string, member: TeamMember): Answer {
    if (ticket.assignee && ticket.assignee.id !== member.id) return "already_claimed";
    const { people } = ticket;
    if (change === "remove" && address === people.customer) return "invalid_recipient";
    if (people.is(change, address)) return "ok";
    if (change === "add") people.bringIn([address]);
    if (change === "remove") people.takeOut(address);
    if (change === "customer") people.makeCustomer(address);
    ticket.changes += 1;
    ticket.sideChanges += 1;
    return "ok";
  }

  /** `card` is the state of the card, and `isPaused` is true if none can be posted. The model cannot predict either. */
  askForCard(ticket: ExpectedTicket, card: CardSummary["state"] | "none", isPaused: boolean): Answer {
    if (isPaused) return "cards_paused";
    if (card === "synced" || card === "pending") return "ok";
    ticket.changes += 1;
    ticket.sideChanges += 1;
    ticket.cardWishes += 1;
    return "ok";
  }

  /** The message that counts as seen by a member whose request names none. */
  lastLook(ticket: ExpectedTicket, member: TeamMember): string {
    return ticket.looks.get(member.id) ?? ticket.opening;
  }

  looked(ticket: ExpectedTicket, member: TeamMember): Answer {
    ticket.changes += 1;
    ticket.acts += 1;
    ticket.looks.set(member.id, ticket.newest);
    return "ok";
  }
}
