import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { HistoryLine, TeamMember, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { answer, ok } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, ticket } from "@/tests/support/screen/on-desk";

let made = 0;

/** A new message id. */
export function messageId(): string {
  made += 1;
  return made.toString(16).padStart(64, "0");
}

/** A mail of the customer Lena Hoffmann. */
export function mail(text: string, overrides: Partial<TicketMessage> = {}): TicketMessage {
  return {
    _id: messageId(),
    rfcMessageId: null,
    direction: "inbound",
    notice: null,
    declined: null,
    reaction: null,
    automatic: false,
    from: "lena@hoffmann.example",
    fromName: "Lena Hoffmann",
    via: null,
    verification: "unchecked",
    isNewcomer: false,
    forwardedFrom: null,
    undelivered: [],
    replyTo: null,
    to: ["support@desk.example"],
    cc: [],
    subject: "Charged twice",
    text,
    visibleText: "",
    isClipped: false,
    textBytes: new TextEncoder().encode(text).length,
    hasHtml: false,
    attachments: [],
    authorId: null,
    authorName: null,
    state: null,
    lastError: null,
    sentAt: new Date(Date.now() - 600_000 + made * 1_000).toISOString(),
    ledgerId: "e".repeat(64),
    parseProblem: null,
    emptiedAt: null,
    ...overrides,
  };
}

/** A sent reply of `member`. */
export function replyBy(
  member: TeamMember,
  text: string,
  overrides: Partial<TicketMessage> = {},
): TicketMessage {
  return mail(text, {
    direction: "outbound",
    from: "support@desk.example",
    fromName: "Support",
    to: ["lena@hoffmann.example"],
    authorId: member.id,
    authorName: member.name,
    state: "sent",
    ledgerId: null,
    ...overrides,
  });
}

export function line(overrides: Partial<HistoryLine> & Pick<HistoryLine, "kind">): HistoryLine {
  made += 1;
  return {
    at: new Date(Date.now() - 600_000 + made * 1_000).toISOString(),
    revision: made,
    by: null,
    way: "web",
    assignee: null,
    formerAssignee: null,
    note: null,
    undoes: null,
    action: null,
    reason: null,
    statusFrom: null,
    statusTo: null,
    messageId: null,
    added: [],
    removed: [],
    customer: null,
    ...overrides,
  };
}

export function person({ id, email, name }: TeamMember) {
  return { id, email, name };
}

/** The ticket "Charged twice" with its conversation. */
export function conversation(
  messages: TicketMessage[],
  overrides: Partial<Ticket> = {},
  history: HistoryLine[] = [],
): TicketDetailResponse {
  return {
    ticket: {
      ...ticket({ subject: "Charged twice", from: "lena@hoffmann.example", fromName: "Lena Hoffmann" }),
      to: "support@desk.example",
      inbox: "support@desk.example",
      lastMessageId: messages.findLast(({ automatic }) => !automatic)?._id ?? null,
      messageCount: messages.length,
      firstClaimedAt: null,
      firstRepliedAt: null,
      resolvedAt: null,
      recipientsRevision: 0,
      card: null,
      ...overrides,
    },
    recipients: { to: ["lena@hoffmann.example"], cc: [] },
    recipientsRevision: 0,
    participants: [
      { address: "lena@hoffmann.example", name: "Lena Hoffmann", role: "customer", problem: null },
    ],
    newcomers: [],
    messages,
    history,
    olderCursor: null,
  };
}

/** Answers every read of this ticket with `detail`, until `become` changes it or `goAway` leaves it unanswered. */
export function serve(detail: TicketDetailResponse) {
  let current: TicketDetailResponse | null = detail;
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer(`GET /api/emails/tickets/${detail.ticket._id}`, () => (current ? ok(current) : "unreachable"));
  return {
    become: ({ ticket, ...rest }: TicketDetailResponse) => {
      current = { ...rest, ticket: { ...ticket, _id: detail.ticket._id } };
    },
    goAway: () => {
      current = null;
    },
  };
}
