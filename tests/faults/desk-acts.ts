import type { DeliveryAction, TicketStatus } from "@/lib/api/vocabulary";
import type { Fault as DiscordFault } from "@/scripts/stand-ins/discord/faults";
import type { Fault as SmtpFault } from "@/tests/support/smtp/faulty-smtp";

/** The one whom a mail copies, by number; null copies nobody. */
type Copies = number | null;
/**
 * The recipients that a reply carries: those that the page shows now, or showed when it was last drawn ("stale"); one
 * more; none in Cc; or no lists at all, so that the server's count.
 */
export type Lists = "shown" | "stale" | "more" | "fewer" | "unsaid";

/** The message that a member names as the newest that they have seen; "unsaid" names none. */
type Sees = "newest" | "opening" | "unsaid";

/** The recipients whom a report names; "nobody" is an address to which somebody has mail forwarded. */
type Named = "everybody" | "to" | "copied" | "nobody";

/** An act on all tickets at once. */
export type BulkWish = "claim" | "unclaim" | "give" | "resolve";

/** Members of the team. The last one is an admin. */
export const TEAM_SIZE = 3;

/**
 * One thing that happens to the desk. `ticket`, `reply` and `call` are indexes among the existing ones, `who` among the
 * team. `isLost`: the answer never arrives, so the client retries. `isDouble`: twice at the same time. `isOvertaken`: the
 * lease runs out, a person sends the reply again or another worker takes the card over, and only then the first worker
 * gets its answer. A "late edit" is answered with 504 and lands on top of the edit that undoes it.
 */
export type Act =
  | { does: "mail"; from: number; copies: Copies; text: string; isDouble: boolean; dies: boolean }
  | {
      does: "customer writes";
      ticket: number;
      copies: Copies;
      text: string;
      isDouble: boolean;
      dies: boolean;
    }
  | {
      does: "other writes";
      ticket: number;
      as: "copied" | "stranger" | "forger" | "caught forger";
      copies: Copies;
      text: string;
      isAnswered: boolean;
    }
  | { does: "colleague writes"; ticket: number; who: number; isProven: boolean; copies: Copies; text: string }
  | { does: "list copy"; ticket: number }
  | { does: "newsletter answered"; from: number; text: string }
  | { does: "guess"; from: number; text: string }
  | { does: "look"; ticket: number }
  | {
      does: "change people";
      ticket: number;
      who: number | "assignee";
      change: "add" | "remove" | "customer";
      person: number;
      isLost: boolean;
    }
  | { does: "two change"; ticket: number; person: number }
  | { does: "duplicate mail"; ticket: number }
  | { does: "claim"; ticket: number; who: number; isLost: boolean }
  | { does: "unclaim"; ticket: number; who: number; isLost: boolean }
  | { does: "race"; ticket: number }
  | {
      does: "give";
      ticket: number;
      who: number | "assignee" | "giver";
      to: number;
      /** The assignee whom the giver saw: the present one, or another one or nobody by number. */
      sees: "right" | number | null;
      isLost: boolean;
    }
  | { does: "decline"; ticket: number; who: number | "assignee"; isLost: boolean }
  | {
      does: "bulk";
      who: number;
      wants: BulkWish;
      to: number;
      isLost: boolean;
    }
  | { does: "undo bulk"; call: number; who: number | "author"; isLost: boolean }
  | { does: "release"; who: number }
  | {
      does: "hand over";
      ticket: number;
      isWritten: boolean;
      ends: "declined" | "worked" | "taken back" | "claimed";
    }
  | { does: "bulk undone"; who: number; wants: BulkWish; to: number; isWritten: boolean }
  | {
      does: "set status";
      ticket: number;
      who: number | "assignee";
      status: TicketStatus;
      sees: Sees;
      isLost: boolean;
    }
  | { does: "see"; ticket: number; who: number | "assignee"; sees: Exclude<Sees, "unsaid">; isLost: boolean }
  | {
      does: "report";
      reply: number | "newest";
      outcome: "failed" | "delayed";
      names: Named;
      isProven: boolean;
      isDouble: boolean;
    }
  | { does: "answer comes back"; ticket: number; names: Named; status: TicketStatus }
  | { does: "doubt"; ticket: number; isWritten: boolean; ends: "resolved" | "marked"; line: string }
  | { does: "absence"; ticket: number }
  | {
      does: "reply";
      ticket: number;
      who: number | "assignee";
      sees: Sees;
      lists: Lists;
      isLost: boolean;
      isDouble: boolean;
    }
  | { does: "ask for card"; ticket: number; who: number; isLost: boolean; isDouble: boolean }
  | { does: "same key"; reply: number; isOtherText: boolean }
  | {
      does: "settle";
      reply: number;
      who: number | "assignee";
      action: DeliveryAction;
      isLost: boolean;
    }
  | { does: "ask again"; call: number }
  | { does: "deliver" | "cards" | "events"; workers: number }
  | { does: "tell" }
  | { does: "delivery dies"; isSent: boolean }
  | { does: "slow delivery"; line: string; isOvertaken: boolean }
  | { does: "slow card"; isOvertaken: boolean }
  | { does: "late edit"; ticket: number; afterMs: number }
  | { does: "let go" | "card dies" | "card dies after sending" }
  | { does: "smtp"; fault: SmtpFault }
  | { does: "discord"; fault: DiscordFault }
  | { does: "away"; server: "smtp" | "discord"; isAway: boolean }
  | { does: "delete card"; ticket: number; isWishedBack: boolean }
  | { does: "wait"; ms: number };

/** Acts of the assignee on the newest page. */
const WHOLE = { who: "assignee", sees: "newest", lists: "shown", isLost: false, isDouble: false } as const;

function customerWrites(ticket: number): Act {
  return { does: "customer writes", ticket, copies: null, text: "And?", isDouble: false, dies: false };
}

/** The parts of an act, in order. */
export function partsOf(act: Act): Act[] {
  if (act.does === "slow delivery" && act.isOvertaken) {
    const deliver: Act = { does: "deliver", workers: 1 };
    const sendAgain: Act = { does: "settle", reply: 0, who: "assignee", action: "send_again", isLost: false };
    return [act, { does: "wait", ms: 1_200_000 }, deliver, sendAgain, deliver];
  }
  const cards: Act = { does: "cards", workers: 2 };
  if (act.does === "slow card" && act.isOvertaken) {
    // It must be a first post: of two edits the later one is right, whichever worker records it.
    const mail: Act = { does: "mail", from: 0, copies: null, text: "Slow", isDouble: false, dies: false };
    return [mail, act, { does: "wait", ms: 70_000 }, cards, { does: "let go" }];
  }
  if (act.does === "other writes" && act.isAnswered) {
    return [act, { does: "reply", ticket: act.ticket, ...WHOLE }, { does: "deliver", workers: 1 }];
  }
  if (act.does === "answer comes back") {
    const { ticket, names, status } = act;
    return [
      { does: "reply", ticket, ...WHOLE },
      { does: "deliver", workers: 1 },
      { does: "set status", ticket, status, ...WHOLE },
      { does: "report", reply: "newest", outcome: "failed", names, isProven: true, isDouble: false },
    ];
  }
  if (act.does === "doubt") {
    // The lease runs out, the team acts on the doubt, and only then the mail server's answer comes.
    const { ticket, line } = act;
    return [
      { does: "reply", ticket, ...WHOLE },
      { does: "slow delivery", line, isOvertaken: false },
      { does: "wait", ms: 1_200_000 },
      { does: "deliver", workers: 1 },
      ...(act.isWritten ? [customerWrites(ticket)] : []),
      act.ends === "resolved"
        ? { does: "set status", ticket, status: "resolved", ...WHOLE }
        : { does: "settle", reply: 0, action: "mark_sent", ...WHOLE },
      { does: "let go" },
      { does: "tell" },
    ];
  }
  if (act.does === "hand over") {
    // An admin gives it to a member, who declines it or works on it.
    const { ticket } = act;
    const own = { ticket, isLost: false } as const;
    const decline: Act = { does: "decline", who: "assignee", ...own };
    const ends: Record<typeof act.ends, Act[]> = {
      declined: [decline],
      claimed: [decline, { does: "claim", who: 1, ...own }],
      worked: [{ does: "set status", who: "assignee", status: "in_progress", sees: "newest", ...own }],
      "taken back": [{ does: "give", who: "giver", to: TEAM_SIZE - 1, sees: "right", ...own }],
    };
    return [
      { does: "give", who: TEAM_SIZE - 1, to: 0, sees: "right", ...own },
      ...(act.isWritten ? [customerWrites(ticket)] : []),
      ...ends[act.ends],
    ];
  }
  if (act.does === "bulk undone") {
    const { who, wants, to } = act;
    return [
      { does: "bulk", who, wants, to, isLost: false },
      ...(act.isWritten ? [customerWrites(0)] : []),
      { does: "undo bulk", call: 0, who: "author", isLost: false },
    ];
  }
  if (act.does === "two change") {
    // Somebody is taken out while another window still shows them.
    const { ticket, person } = act;
    const own = { ticket, who: "assignee", isLost: false } as const;
    return [
      { does: "look", ticket },
      { does: "change people", change: "remove", person, ...own },
      { does: "reply", sees: "newest", lists: "stale", isDouble: false, ...own },
    ];
  }
  if (act.does !== "late edit" && act.does !== "delete card") return [act];
  const { ticket } = act;
  const claim: Act = { does: "claim", ticket, who: 0, isLost: false };
  const unclaim: Act = { does: "unclaim", ticket, who: TEAM_SIZE - 1, isLost: false };
  const edit: Act[] = [cards, { does: "wait", ms: 800 }, cards];
  // One of the two changes the card, so that the desk learns of the deletion.
  if (act.does === "delete card") {
    const wish: Act = { does: "ask for card", ticket, who: 1, isLost: true, isDouble: false };
    return [act, claim, ...edit, unclaim, ...edit, ...(act.isWishedBack ? [wish] : [])];
  }
  const fault: Act = { does: "discord", fault: { kind: "lands_late", afterMs: act.afterMs } };
  return [cards, cards, fault, claim, ...edit, unclaim];
}
