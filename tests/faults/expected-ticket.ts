import type { ThreadId } from "@/lib/api/contracts";
import type { Recipients, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { ExpectedAttention } from "./expected-attention";
import type { ExpectedPeople } from "./expected-people";

/** A ticket as the product's rules make it. */
export type ExpectedTicket = {
  id: ThreadId;
  assignee: TeamMember | null;
  /** Who gave it to its assignee, who has not worked on it since. */
  giver: TeamMember | null;
  /** Who gave it to somebody who declined it, until somebody holds it. */
  givenBackTo: TeamMember | null;
  /** Number of acts of people on its assignee, its status and its replies. */
  acts: number;
  /** Number of changes of its participants and of requests for its card. */
  sideChanges: number;
  status: TicketStatus;
  /** Number of changes, which is the revision. */
  changes: number;
  newest: string;
  opening: string;
  openingRfcId: string;
  /** The newest message at the last look of each member, by the member's id. */
  looks: Map<string, string>;
  attention: ExpectedAttention;
  /** The mail since which the customer waits for us; null: they do not. */
  waitsSince: string | null;
  /** Every mail from outside in it, in order. */
  fromOutside: string[];
  /** Every raw mail of a person that is filed in it. */
  mails: Buffer[];
  /** The mails of machines that are filed in it. */
  reports: { raw: Buffer; envelopeFrom: string }[];
  /** The ids of the notices in it. */
  notices: Set<string>;
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
  isUndone: boolean;
  /** The mail since which the customer had waited when it was accepted; null: they did not. */
  answersSince: string | null;
  /** How many mails from outside there were before it. */
  outsideBefore: number;
  /** Outcomes that its ticket knows. */
  told: Set<string>;
  /** The addresses that it came back from. */
  bounced: Set<string>;
  /** It came back while an attempt was under way. */
  isBackEarly: boolean;
};

/** Expected answer of a verb: "ok", or the reason of its refusal. */
export type Answer = string;

/** Somebody holds the ticket and works on it: whoever gave it, or gave it before it was declined, has nothing to do. */
export function hold(ticket: ExpectedTicket, member: TeamMember): void {
  ticket.assignee = member;
  ticket.giver = null;
  ticket.givenBackTo = null;
  ticket.attention.isHeld();
}

/** A waiting or resolved ticket is open again. */
export function openAgain(ticket: ExpectedTicket): void {
  if (ticket.status === "waiting" || ticket.status === "resolved") ticket.status = "open";
}
