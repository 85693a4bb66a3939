import type { ThreadId } from "@/lib/api/contracts";
import type { CardSummary, DeliveryState, Recipients, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { Act } from "./desk-acts";
import type { ExpectedPeople } from "./expected-people";

/** A ticket as the product's rules make it. */
export type ExpectedTicket = {
  id: ThreadId;
  assignee: TeamMember | null;
  status: TicketStatus;
  /** Number of changes, which is the revision. */
  changes: number;
  newest: string;
  opening: string;
  openingRfcId: string;
  /** The newest message at the last look of each member, by the member's id. */
  looks: Map<string, string>;
  /** Every raw mail that is filed in it. */
  mails: Buffer[];
  people: ExpectedPeople;
  /** The recipients that a member's page shows since it was last drawn. */
  drawn: Shown | null;
  /** Number of requests for the card at a time when only a person could bring it back. */
  cardWishes: number;
};

/** The recipients as a ticket's page shows them, and their revision. */
export type Shown = { recipients: Recipients; recipientsRevision: number };

/** A mail as it was filed. */
export type FiledMail = { id: ThreadId; messageId: string; rfcMessageId: string; raw: Buffer };

export type ExpectedReply = {
  id: string;
  ticket: ExpectedTicket;
  author: TeamMember;
  key: string;
  text: string;
  /** The recipients that its author saw, and those of them whom the author added. */
  shown: Recipients;
  added: string[];
  sendAgainPresses: number;
  isMarkedSent: boolean;
};

export type PeopleChange = Extract<Act, { does: "change people" }>["change"];
type SettleAction = Extract<Act, { does: "settle" }>["action"];

/** Expected answer of a verb: "ok", or the reason of its refusal. */
type Answer = string;

/** The desk without a database, a network or concurrency: the effect of each act by the rules. */
export class ExpectedDesk {
  readonly tickets: ExpectedTicket[] = [];
  readonly replies: ExpectedReply[] = [];
  /** The tickets of customers who answered the newsletter. */
  readonly readers = new Map<string, ExpectedTicket>();

  mail({ id, messageId, rfcMessageId, raw }: FiledMail, people: ExpectedPeople): ExpectedTicket {
    const ticket: ExpectedTicket = {
      id,
      assignee: null,
      status: "open",
      changes: 1,
      newest: messageId,
      opening: messageId,
      openingRfcId: rfcMessageId,
      looks: new Map(),
      mails: [raw],
      people,
      drawn: null,
      cardWishes: 0,
    };
    this.tickets.push(ticket);
    return ticket;
  }

  /** Somebody outside the team writes, be it the customer or not. */
  outsideWrites(ticket: ExpectedTicket, mail: FiledMail): void {
    if (ticket.status === "waiting" || ticket.status === "resolved") ticket.status = "open";
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
    if (!member || ticket.assignee) return;
    ticket.assignee = member;
    ticket.looks.set(member.id, messageId);
  }

  claim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (ticket.assignee) return ticket.assignee.id === member.id ? "ok" : "already_claimed";
    ticket.assignee = member;
    return this.looked(ticket, member);
  }

  unclaim(ticket: ExpectedTicket, member: TeamMember): Answer {
    if (!ticket.assignee) return "ok";
    if (ticket.assignee.id !== member.id && member.role !== "admin") return "not_assignee";
    ticket.assignee = null;
    ticket.changes += 1;
    return "ok";
  }

  setStatus(ticket: ExpectedTicket, status: TicketStatus, member: TeamMember): Answer {
    if (ticket.assignee && ticket.assignee.id !== member.id) return "already_claimed";
    if (ticket.assignee && ticket.status === status) return "ok";
    ticket.assignee = member;
    ticket.status = status;
    return this.looked(ticket, member);
  }

  /** `carried` is the revision of the recipients that the reply carries, if it carries any. */
  reply(
    reply: Omit<ExpectedReply, "sendAgainPresses" | "isMarkedSent">,
    seen: string,
    carried: number | undefined,
  ): Answer {
    const { ticket, author, added } = reply;
    if (ticket.assignee && ticket.assignee.id !== author.id) return "already_claimed";
    if (seen !== ticket.newest) return "newer_messages";
    if (carried !== undefined && carried !== ticket.people.revision) return "recipients_changed";
    this.replies.push({ ...reply, sendAgainPresses: 0, isMarkedSent: false });
    ticket.people.bringIn(added);
    ticket.assignee = author;
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
    return "ok";
  }

  /** `state` is the state of the reply, which the model cannot predict. */
  settle(reply: ExpectedReply, action: SettleAction, member: TeamMember, state: DeliveryState): Answer {
    const { ticket } = reply;
    if (!ticket.assignee) return "changed_meanwhile";
    if (ticket.assignee.id !== member.id) return "already_claimed";
    if (state !== (action === "retry" ? "failed" : "unconfirmed")) return "delivery_settled";
    ticket.changes += 1;
    if (action === "send_again") reply.sendAgainPresses += 1;
    if (action === "mark_sent") reply.isMarkedSent = true;
    return "ok";
  }

  /** `card` is the state of the card, and `isPaused` is true if none can be posted. The model cannot predict either. */
  askForCard(ticket: ExpectedTicket, card: CardSummary["state"] | "none", isPaused: boolean): Answer {
    if (isPaused) return "cards_paused";
    if (card === "synced" || card === "pending") return "ok";
    ticket.changes += 1;
    ticket.cardWishes += 1;
    return "ok";
  }

  /** The message that counts as seen by a member whose request names none. */
  lastLook(ticket: ExpectedTicket, member: TeamMember): string {
    return ticket.looks.get(member.id) ?? ticket.opening;
  }

  private looked(ticket: ExpectedTicket, member: TeamMember): Answer {
    ticket.changes += 1;
    ticket.looks.set(member.id, ticket.newest);
    return "ok";
  }
}
