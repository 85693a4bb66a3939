import type { DeliveryAction, Notice, TeamMember } from "@/lib/api/vocabulary";
import type { StoredMessage } from "@/models/EmailMessageModel";
import { openAgain, type Answer, type ExpectedReply } from "./expected-ticket";

/** A notice that the desk files of itself. */
export type ExpectedNotice = { reply: ExpectedReply; kind: Notice["kind"] };
/** Replies as they are stored, by id. */
type Facts = ReadonlyMap<string, StoredMessage>;
type Report = {
  outcome: "failed" | "delayed";
  isProven: boolean;
  named: string[];
  messageId: string;
};

/** By the rules: the effect on tickets of attempts to deliver their replies, of decisions about these, and of reports. */
export class ExpectedDeliveries {
  /** Reports that told something. */
  effectiveReports = 0;

  constructor(private readonly replies: readonly ExpectedReply[]) {}

  /** `row` is the reply as it is stored. Returns the notices that the ticket gets as well. */
  settle(
    reply: ExpectedReply,
    action: DeliveryAction,
    member: TeamMember,
    row: StoredMessage,
    facts: Facts,
  ): { answer: Answer; notices: ExpectedNotice[] } {
    const { ticket } = reply;
    const isOpen = isOpenFor(row, action);
    const notices = isOpen && row.threadDueAt ? this.told(reply, row, facts) : [];
    if (!ticket.assignee) return { answer: "changed_meanwhile", notices };
    if (ticket.assignee.id !== member.id) return { answer: "already_claimed", notices };
    if (!isOpen) return { answer: "delivery_settled", notices };
    ticket.acts += 1;
    if (action === "undo") {
      reply.isUndone = true;
      this.raise(reply, "undone", { waitsAgain: !this.isLaterSent(reply, facts), isReported: false });
      return { answer: "ok", notices: [...notices, { reply, kind: "undone" }] };
    }
    ticket.changes += 1;
    reply.isMarkedSent ||= action === "mark_sent";
    if (action === "mark_sent") this.wentOut(reply);
    else reply.isBackEarly = false;
    if (action === "send_again") reply.sendAgainPresses += 1;
    if (row.state === "came_back") ticket.attention.settled(reply.id);
    return { answer: "ok", notices };
  }

  /** The ticket learns how its reply is stored. Returns the notice that it gets. */
  told(reply: ExpectedReply, row: StoredMessage, facts: Facts): ExpectedNotice[] {
    const { state, attempts, undelivered = [], delayedAt } = row;
    const kind = toldKind(
      row,
      undelivered.some(({ address }) => !reply.bounced.has(address)),
    );
    const outcome = `${kind === "delayed" ? `${delayedAt?.getTime()}` : attempts} ${kind ?? state}`;
    if (reply.told.has(outcome)) return [];
    reply.told.add(outcome);
    if (kind) {
      this.raise(reply, kind, { waitsAgain: !this.isLaterSent(reply, facts), isReported: false });
      return [{ reply, kind }];
    }
    if (state === "sent" && this.wentOut(reply)) reply.ticket.changes += 1;
    return [];
  }

  /** A mail server reports on a reply, or somebody claims that it does. */
  report(reply: ExpectedReply, report: Report, row: StoredMessage, facts: Facts): void {
    const { state, attempts, to, cc, undelivered = [] } = row;
    if (!report.isProven || attempts === 0 || state === "failed" || state === "cancelled") return;
    if (report.outcome === "delayed") {
      if (state === "came_back") return;
      this.raise(reply, "delayed", { waitsAgain: false, isReported: true });
    } else {
      const known = undelivered.map(({ address }) => address);
      const named = [...to, ...cc].filter((address) => report.named.includes(address));
      const added = (named.length > 0 ? named : [...to, ...cc]).filter((one) => !known.includes(one));
      if (added.length === 0) return;
      const isWhole = to.every((address) => known.includes(address) || added.includes(address));
      if (state === "queued" || state === "sending") reply.isBackEarly ||= isWhole;
      else for (const address of added) reply.bounced.add(address);
      this.raise(reply, "came_back", { waitsAgain: !this.isLaterSent(reply, facts), isReported: true });
    }
    reply.ticket.newest = report.messageId;
    this.effectiveReports += 1;
  }

  private raise(
    { ticket, id, answersSince }: ExpectedReply,
    kind: Notice["kind"],
    { waitsAgain, isReported }: { waitsAgain: boolean; isReported: boolean },
  ): void {
    openAgain(ticket);
    ticket.attention.raise(kind, id, { isReported });
    ticket.changes += 1;
    if (waitsAgain) ticket.waitsSince ??= answersSince;
  }

  /** The reply went out after all. True if that changes its ticket. */
  private wentOut({ ticket, id, answersSince, outsideBefore }: ExpectedReply): boolean {
    const isSettled = ticket.attention.wentOut(id);
    const waits = ticket.waitsSince !== null && ticket.waitsSince === answersSince;
    if (waits) ticket.waitsSince = ticket.fromOutside[outsideBefore] ?? null;
    return isSettled || waits;
  }

  /** A reply after this one in the same ticket went out. */
  private isLaterSent(reply: ExpectedReply, facts: Facts): boolean {
    const later = this.replies.slice(this.replies.indexOf(reply) + 1);
    return later.some(({ id, ticket }) => ticket === reply.ticket && facts.get(id)?.state === "sent");
  }
}

/** The states from which each decision starts. */
const STARTS: Record<DeliveryAction, (row: StoredMessage) => boolean> = {
  retry: ({ state }) => state === "failed",
  send_again: ({ state }) => state === "unconfirmed" || state === "came_back",
  mark_sent: ({ state }) => state === "unconfirmed",
  undo: ({ state, attempts }) => state === "queued" && attempts === 0,
};

/** True if this decision about the reply is open. */
export function isOpenFor(row: StoredMessage | undefined, action: DeliveryAction): boolean {
  return row !== undefined && STARTS[action](row);
}

function toldKind({ state, delayedAt }: StoredMessage, isRefused: boolean): Notice["kind"] | null {
  if (state === "failed" || state === "unconfirmed") return state;
  if (state === "sent") return isRefused ? "failed" : null;
  return (state === "queued" || state === "sending") && delayedAt ? "delayed" : null;
}
