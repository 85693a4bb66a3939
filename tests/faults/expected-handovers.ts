import type { AttentionKind, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { ExpectedDesk } from "./expected-desk";
import { hold, openAgain, type Answer, type ExpectedTicket } from "./expected-ticket";

/** A ticket as it was before a bulk act that changed it, and as that act left it. */
type Changed = {
  by: TeamMember;
  isResolved: boolean;
  before: Pick<ExpectedTicket, "assignee" | "giver" | "givenBackTo" | "status" | "waitsSince"> & {
    open: ReadonlyMap<string, AttentionKind>;
    isDeclined: boolean;
  };
  after: Pick<ExpectedTicket, "acts" | "changes" | "sideChanges">;
  isUndone: boolean;
};

/** A bulk act: the tickets that it has changed. */
export type ExpectedBulk = { key: string; by: TeamMember; changed: Map<ExpectedTicket, Changed> };

/** By the rules: the effect of hand-overs, declines, bulk acts and their undo. */
export class ExpectedHandovers {
  constructor(private readonly desk: ExpectedDesk) {}

  /** `seen` is the assignee whom `by` saw; null: nobody. */
  give(ticket: ExpectedTicket, seen: TeamMember | null, to: TeamMember, by: TeamMember): Answer {
    const isAdmin = by.role === "admin";
    const now = ticket.assignee?.id ?? null;
    if (seen === null && !isAdmin && to.id !== by.id) return "not_assignee";
    if (now !== (seen?.id ?? null)) return "changed_meanwhile";
    if (now === to.id) return "ok";
    if (seen && !isAdmin && seen.id !== by.id && ticket.giver?.id !== by.id) return "not_assignee";
    hold(ticket, to);
    if (to.id !== by.id) ticket.giver = by;
    if (to.id === by.id && seen === null) return this.desk.looked(ticket, by);
    ticket.changes += 1;
    ticket.acts += 1;
    return "ok";
  }

  decline(ticket: ExpectedTicket, by: TeamMember): Answer {
    if (ticket.assignee?.id !== by.id) return "not_assignee";
    if (!ticket.giver) return "not_handed_over";
    ticket.givenBackTo = ticket.giver;
    ticket.giver = null;
    ticket.assignee = null;
    ticket.attention.declined();
    openAgain(ticket);
    ticket.changes += 1;
    ticket.acts += 1;
    return "ok";
  }

  /** Does `act` to the ticket as a part of the bulk act, which may be undone. */
  inBulk(bulk: ExpectedBulk, ticket: ExpectedTicket, act: () => Answer, status: TicketStatus | null): Answer {
    const { assignee, giver, givenBackTo, waitsSince, changes, attention } = ticket;
    const open = attention.copy();
    const { isDeclined } = attention;
    const before = { assignee, giver, givenBackTo, status: ticket.status, waitsSince, open, isDeclined };
    const answer = act();
    if (ticket.changes === changes) return answer;
    const after = { acts: ticket.acts, changes: ticket.changes, sideChanges: ticket.sideChanges };
    bulk.changed.set(ticket, { by: bulk.by, isResolved: status !== null, before, after, isUndone: false });
    return answer;
  }

  undo(bulk: ExpectedBulk, ticket: ExpectedTicket, by: TeamMember): Answer {
    const changed = by.id === bulk.by.id ? bulk.changed.get(ticket) : undefined;
    if (!changed) return "nothing_to_undo";
    if (changed.isUndone) return "ok";
    if (!isAsLeft(ticket, changed)) return "nothing_to_undo";
    const { before } = changed;
    changed.isUndone = true;
    ticket.assignee = before.assignee;
    ticket.giver = before.giver;
    ticket.givenBackTo = before.givenBackTo;
    if (changed.isResolved) {
      ticket.status = before.status;
      ticket.waitsSince = before.waitsSince;
      ticket.attention.putBack(before.open);
    } else if (before.isDeclined) ticket.attention.declined();
    ticket.changes += 1;
    ticket.acts += 1;
    return "ok";
  }
}

/** Nobody has acted since; and nothing at all has come since, if the undo would put back what needed a look. */
function isAsLeft(ticket: ExpectedTicket, { isResolved, after }: Changed): boolean {
  const isSame = ticket.changes - after.changes === ticket.sideChanges - after.sideChanges;
  return ticket.acts === after.acts && (!isResolved || isSame);
}
