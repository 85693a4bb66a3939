import fc from "fast-check";
import type { TicketStatus } from "@/lib/api/vocabulary";
import type { Fault as DiscordFault } from "@/scripts/stand-ins/discord/faults";
import type { Fault as SmtpFault } from "@/tests/support/smtp/faulty-smtp";

/** Members of the team. The last one is an admin. */
export const TEAM_SIZE = 3;

/**
 * One thing that happens to the desk. `ticket`, `reply` and `call` are indexes among the existing ones, `who` among the
 * team. `isLost`: the answer never arrives, so the client retries. `isDouble`: twice at the same time. `isOvertaken`: the
 * lease runs out, a person sends the reply again or another worker takes the card over, and only then the first worker
 * gets its answer. A "late edit" is answered with 504 and lands on top of the edit that undoes it.
 */
export type Act =
  | { does: "mail"; text: string; isDouble: boolean; dies: boolean }
  | { does: "customer writes"; ticket: number; text: string; isDouble: boolean; dies: boolean }
  | { does: "duplicate mail"; ticket: number }
  | { does: "claim"; ticket: number; who: number; isLost: boolean }
  | { does: "unclaim"; ticket: number; who: number; isLost: boolean }
  | { does: "race"; ticket: number }
  | { does: "set status"; ticket: number; who: number; status: TicketStatus; isLost: boolean }
  | {
      does: "reply";
      ticket: number;
      who: number | "assignee";
      sees: "newest" | "opening" | "unsaid";
      isLost: boolean;
      isDouble: boolean;
    }
  | { does: "ask for card"; ticket: number; who: number; isLost: boolean; isDouble: boolean }
  | { does: "same key"; reply: number; isOtherText: boolean }
  | {
      does: "settle";
      reply: number;
      who: number | "assignee";
      action: "mark_sent" | "send_again" | "retry";
      isLost: boolean;
    }
  | { does: "ask again"; call: number }
  | { does: "deliver" | "cards" | "events"; workers: number }
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

const is = <Does extends Act["does"]>(...does: Does[]) => fc.constantFrom(...does);
const ticket = fc.nat({ max: 2 });
const reply = fc.nat({ max: 5 });
const who = fc.nat({ max: TEAM_SIZE - 1 });
const assignee = fc.oneof(
  { weight: 3, arbitrary: fc.constant("assignee" as const) },
  { weight: 1, arbitrary: who },
);
const seldom = fc.nat({ max: 3 }).map((drawn) => drawn === 0);
const text = fc.constantFrom("Any news?", "@everyone **now** <@123456789012345678> @here");
const workers = fc.integer({ min: 1, max: 3 });
const status = fc.constantFrom<TicketStatus>("open", "in_progress", "waiting", "resolved");

const smtpFault = fc.constantFrom<SmtpFault>(
  { at: "greeting", do: "answer", line: "421 Too busy" },
  { at: "mail", do: "drop" },
  { at: "rcpt", do: "answer", line: "450 Greylisted" },
  { at: "rcpt", do: "answer", line: "550 No such user" },
  { at: "body", do: "reset" },
  { at: "dot", do: "drop" },
  { at: "dot", do: "accept_then_drop" },
  { at: "dot", do: "accept_then_reset" },
  { at: "dot", do: "answer", line: "451 Try later" },
  { at: "dot", do: "answer", line: "554 Spam" },
);
const discordFault = fc.constantFrom<DiscordFault>(
  { kind: "status", status: 500, when: "before" },
  { kind: "status", status: 500, when: "after" },
  { kind: "status", status: 502, when: "after" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "after" },
  { kind: "truncated" },
  { kind: "lands_late", afterMs: 20_000 },
  { kind: "turned_away", as: "html" },
  { kind: "rate_limited", retryAfterSeconds: 3.5, scope: "user" },
  { kind: "rate_limited", retryAfterSeconds: 2, scope: "global" },
  { kind: "rate_limited", retryAfterSeconds: 40, scope: "shared" },
  { kind: "error", status: 401, code: 50027 },
  { kind: "error", status: 404 },
);
const ms = fc.constantFrom(800, 6_000, 40_000, 1_200_000, 4_000_000);

const often = (weight: number, shape: { [Key in string]: fc.Arbitrary<unknown> }) => ({
  weight,
  arbitrary: fc.record(shape) as fc.Arbitrary<Act>, // each shape below is a member of Act
});

const anything = fc.oneof(
  often(3, { does: is("mail"), text, isDouble: seldom, dies: seldom }),
  often(4, { does: is("customer writes"), ticket, text, isDouble: seldom, dies: seldom }),
  often(1, { does: is("duplicate mail"), ticket }),
  often(4, { does: is("claim"), ticket, who, isLost: seldom }),
  often(3, { does: is("unclaim"), ticket, who, isLost: seldom }),
  often(1, { does: is("race"), ticket }),
  often(3, { does: is("set status"), ticket, who, status, isLost: seldom }),
  often(10, {
    does: is("reply"),
    ticket,
    who: assignee,
    sees: fc.constantFrom("newest", "newest", "newest", "opening", "unsaid"),
    isLost: seldom,
    isDouble: seldom,
  }),
  often(3, { does: is("ask for card"), ticket, who, isLost: seldom, isDouble: seldom }),
  often(2, { does: is("same key"), reply, isOtherText: fc.boolean() }),
  often(5, {
    does: is("settle"),
    reply,
    who: assignee,
    action: fc.constantFrom("mark_sent", "send_again", "send_again", "retry"),
    isLost: seldom,
  }),
  often(2, { does: is("ask again"), call: fc.nat({ max: 20 }) }),
  often(8, { does: is("deliver"), workers }),
  often(5, { does: is("cards"), workers }),
  often(1, { does: is("events"), workers }),
  often(2, { does: is("delivery dies"), isSent: fc.boolean() }),
  often(4, {
    does: is("slow delivery"),
    line: fc.constantFrom("250 Taken", "451 Later", "554 No"),
    isOvertaken: fc.boolean(),
  }),
  often(3, { does: is("slow card"), isOvertaken: fc.boolean() }),
  often(2, { does: is("late edit"), ticket, afterMs: fc.constantFrom(3_000, 20_000, 120_000, 300_000) }),
  often(3, { does: is("let go", "card dies", "card dies after sending") }),
  often(6, { does: is("smtp"), fault: smtpFault }),
  often(5, { does: is("discord"), fault: discordFault }),
  often(1, { does: is("away"), server: fc.constantFrom("smtp", "discord"), isAway: fc.boolean() }),
  often(2, { does: is("delete card"), ticket, isWishedBack: fc.boolean() }),
  often(5, { does: is("wait"), ms }),
);

/** A mail, then any acts. */
export const happenings = fc
  .tuple(
    fc.record({
      does: is("mail"),
      text,
      isDouble: fc.constant(false),
      dies: fc.constant(false),
    }),
    fc.array(anything, { minLength: 12, maxLength: 24, size: "max" }),
  )
  .map(([first, rest]): Act[] => [first, ...rest]);

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
    const mail: Act = { does: "mail", text: "Slow", isDouble: false, dies: false };
    return [mail, act, { does: "wait", ms: 70_000 }, cards, { does: "let go" }];
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
