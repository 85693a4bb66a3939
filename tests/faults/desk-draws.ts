import fc from "fast-check";
import type { TicketStatus } from "@/lib/api/vocabulary";
import type { Fault as DiscordFault } from "@/scripts/stand-ins/discord/faults";
import type { Fault as SmtpFault } from "@/tests/support/smtp/faulty-smtp";
import { TEAM_SIZE, type Act, type Lists } from "./desk-acts";

const is = <Does extends Act["does"]>(...does: Does[]) => fc.constantFrom(...does);
const ticket = fc.nat({ max: 2 });
const reply = fc.nat({ max: 5 });
const who = fc.nat({ max: TEAM_SIZE - 1 });
const assignee = fc.oneof(
  { weight: 3, arbitrary: fc.constant("assignee" as const) },
  { weight: 1, arbitrary: who },
);
const seldom = fc.nat({ max: 3 }).map((drawn) => drawn === 0);
const person = fc.nat({ max: 7 });
const from = fc.nat({ max: 2 });
const copies = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.nat({ max: 4 }) },
);
const text = fc.constantFrom("Any news?", "@everyone **now** <@123456789012345678> @here");
const workers = fc.integer({ min: 1, max: 3 });
const status = fc.constantFrom<TicketStatus>("open", "in_progress", "waiting", "resolved");

const smtpFault = fc.constantFrom<SmtpFault>(
  { at: "greeting", do: "answer", line: "421 Too busy" },
  { at: "mail", do: "drop" },
  { at: "rcpt", do: "answer", line: "450 Greylisted" },
  { at: "rcpt", do: "answer", line: "550 No such user" },
  { at: "second", do: "answer", line: "450 Greylisted" },
  { at: "second", do: "answer", line: "550 No such user" },
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
const ms = fc.constantFrom(800, 6_000, 40_000, 1_200_000, 4_000_000, 15_000_000);
const names = fc.constantFrom("everybody", "to", "copied", "nobody");
const sees = fc.constantFrom("newest", "newest", "newest", "opening", "unsaid");

const often = (weight: number, shape: { [Key in string]: fc.Arbitrary<unknown> }) => ({
  weight,
  arbitrary: fc.record(shape) as fc.Arbitrary<Act>, // each shape below is a member of Act
});

const anything = fc.oneof(
  often(3, { does: is("mail"), from, copies, text, isDouble: seldom, dies: seldom }),
  often(4, { does: is("customer writes"), ticket, copies, text, isDouble: seldom, dies: seldom }),
  often(4, {
    does: is("other writes"),
    ticket,
    as: fc.constantFrom("copied", "stranger", "forger", "caught forger"),
    copies,
    text,
    isAnswered: fc.boolean(),
  }),
  often(3, { does: is("colleague writes"), ticket, who, isProven: fc.boolean(), copies, text }),
  often(1, { does: is("list copy"), ticket }),
  often(2, { does: is("newsletter answered"), from, text }),
  often(1, { does: is("guess"), from, text }),
  often(1, { does: is("look"), ticket }),
  often(4, {
    does: is("change people"),
    ticket,
    who: assignee,
    change: fc.constantFrom("add", "remove", "customer"),
    person,
    isLost: seldom,
  }),
  often(2, { does: is("two change"), ticket, person }),
  often(1, { does: is("duplicate mail"), ticket }),
  often(4, { does: is("claim"), ticket, who, isLost: seldom }),
  often(3, { does: is("unclaim"), ticket, who, isLost: seldom }),
  often(1, { does: is("race"), ticket }),
  often(5, {
    does: is("give"),
    ticket,
    who: fc.oneof(
      { weight: 2, arbitrary: assignee },
      { weight: 2, arbitrary: fc.constantFrom("giver" as const, TEAM_SIZE - 1) },
    ),
    to: who,
    sees: fc.oneof(
      { weight: 5, arbitrary: fc.constant("right" as const) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, null) },
    ),
    isLost: seldom,
  }),
  often(4, { does: is("decline"), ticket, who: assignee, isLost: seldom }),
  often(3, {
    does: is("bulk"),
    who,
    wants: fc.constantFrom("claim", "unclaim", "give", "resolve"),
    to: who,
    isLost: seldom,
  }),
  often(4, {
    does: is("undo bulk"),
    call: fc.nat({ max: 3 }),
    who: fc.oneof({ weight: 4, arbitrary: fc.constant("author" as const) }, { weight: 1, arbitrary: who }),
    isLost: seldom,
  }),
  often(1, { does: is("release"), who }),
  often(4, {
    does: is("hand over"),
    ticket,
    isWritten: seldom,
    ends: fc.constantFrom("declined", "claimed", "worked", "taken back"),
  }),
  often(4, {
    does: is("bulk undone"),
    who,
    wants: fc.constantFrom("claim", "unclaim", "give", "resolve"),
    to: who,
    isWritten: seldom,
  }),
  often(5, { does: is("set status"), ticket, who, status, sees, isLost: seldom }),
  often(3, {
    does: is("see"),
    ticket,
    who: assignee,
    sees: fc.constantFrom("newest", "newest", "opening"),
    isLost: seldom,
  }),
  often(6, {
    does: is("report"),
    reply,
    outcome: fc.constantFrom("failed", "failed", "delayed"),
    names,
    isProven: seldom.map((drawn) => !drawn),
    isDouble: seldom,
  }),
  often(2, { does: is("answer comes back"), ticket, names, status }),
  often(2, {
    does: is("doubt"),
    ticket,
    isWritten: fc.boolean(),
    ends: fc.constantFrom("resolved", "marked"),
    line: fc.constantFrom("250 Taken", "451 Later", "554 No"),
  }),
  often(2, { does: is("absence"), ticket }),
  often(10, {
    does: is("reply"),
    ticket,
    who: assignee,
    sees,
    lists: fc.constantFrom<Lists>("shown", "stale", "more", "fewer", "unsaid"),
    isLost: seldom,
    isDouble: seldom,
  }),
  often(3, { does: is("ask for card"), ticket, who, isLost: seldom, isDouble: seldom }),
  often(2, { does: is("same key"), reply, isOtherText: fc.boolean() }),
  often(5, {
    does: is("settle"),
    reply,
    who: assignee,
    action: fc.constantFrom("mark_sent", "send_again", "send_again", "retry", "undo"),
    isLost: seldom,
  }),
  often(2, { does: is("ask again"), call: fc.nat({ max: 20 }) }),
  often(8, { does: is("deliver"), workers }),
  often(2, { does: is("tell") }),
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
      from,
      copies,
      text,
      isDouble: fc.constant(false),
      dies: fc.constant(false),
    }),
    fc.array(anything, { minLength: 12, maxLength: 24, size: "max" }),
  )
  .map(([first, rest]): Act[] => [first, ...rest]);
