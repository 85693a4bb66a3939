import { expect } from "vitest";
import { trusted } from "@/lib/store/db";
import { claimTicket } from "@/lib/tickets/claim";
import { ContentId } from "@/lib/api/contracts";
import { changeParticipants } from "@/lib/tickets/participants";
import { readTicket } from "@/lib/tickets/read";
import { replyToTicket } from "@/lib/tickets/reply";
import { requestCard } from "@/lib/cards/request-card";
import { markSeen } from "@/lib/tickets/mark-seen";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { newOperation } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Destination } from "@/models/DestinationModel";
import type { CardDesk } from "@/tests/support/cards/cards";
import { storedThread } from "@/tests/support/factories/threads";
import type { Act, Lists } from "./desk-acts";
import { COPIED, DROP, EXPERT, STRANGER } from "./desk-addresses";
import { learnNotices, replyFacts } from "./desk-notices";
import { memberOf, TEAM } from "./desk-team";
import { isOpenFor, type ExpectedNotice } from "./expected-deliveries";
import type { ExpectedDesk } from "./expected-desk";
import type { ExpectedReply, ExpectedTicket, Shown } from "./expected-ticket";
import { sorted } from "./expected-people";

/** Whom members add, remove and make the customer. */
const NAMED = [...COPIED, STRANGER, DROP, EXPERT];

export type Verb = () => Promise<{ ok: true; value: unknown } | { ok: false; failure: { reason: string } }>;
type Doing<Does extends Act["does"]> = Extract<Act, { does: Does }>;

/** The team at work. Each act is asked of the product and of the model, and the answers are compared. */
export class People {
  private written = 0;
  /** Calls that changed something, for a retry as if their answer had been lost. */
  private readonly calls: { again: Verb; value: string }[] = [];

  constructor(private readonly expected: ExpectedDesk) {}

  claim(ticket: ExpectedTicket, act: Doing<"claim">): Promise<void> {
    const [who, op] = [memberOf(act.who), newOperation()];
    return this.ask(
      () => claimTicket(ticket.id, who, op),
      ticket,
      () => this.expected.claim(ticket, who),
      act,
    );
  }

  unclaim(ticket: ExpectedTicket, act: Doing<"unclaim">): Promise<void> {
    const [who, op] = [memberOf(act.who), newOperation()];
    const verb = () => unclaimTicket(ticket.id, who, { op });
    return this.ask(verb, ticket, () => this.expected.unclaim(ticket, who), act);
  }

  setStatus(ticket: ExpectedTicket, act: Doing<"set status">): Promise<void> {
    const [who, op] = [memberOf(act.who, ticket), newOperation()];
    const seen = { newest: ticket.newest, opening: ticket.opening, unsaid: undefined }[act.sees];
    const verb: Verb = async () => {
      const outcome = await setTicketStatus(ticket.id, act.status, who, { op, lastSeenMessageId: seen });
      return outcome.ok ? { ok: true, value: null } : outcome;
    };
    const read = seen ?? this.expected.lastLook(ticket, who);
    return this.ask(verb, ticket, () => this.expected.setStatus(ticket, act.status, who, read), act);
  }

  see(ticket: ExpectedTicket, act: Doing<"see">): Promise<void> {
    const [who, op] = [memberOf(act.who, ticket), newOperation()];
    const seen = { newest: ticket.newest, opening: ticket.opening }[act.sees];
    const verb: Verb = async () => {
      const outcome = await markSeen({ threadId: ticket.id, lastSeenMessageId: seen }, who, op);
      return outcome.ok ? { ok: true, value: null } : outcome;
    };
    return this.ask(verb, ticket, () => this.expected.see(ticket, seen, who), act);
  }

  /** All members claim at once. */
  async race(ticket: ExpectedTicket): Promise<void> {
    const outcomes = await Promise.all(TEAM.map((one) => claimTicket(ticket.id, one)));
    const winners = TEAM.filter((_, index) => outcomes[index]?.ok);
    expect(winners).toHaveLength(1);
    for (const winner of winners) expect(this.expected.claim(ticket, winner)).toBe("ok");
  }

  async reply(ticket: ExpectedTicket, act: Doing<"reply">): Promise<void> {
    const author = memberOf(act.who, ticket);
    this.written += 1;
    const [key, text] = [`key-${this.written}`, `Answer ${this.written}.`];
    const seen = { newest: ticket.newest, opening: ticket.opening, unsaid: undefined }[act.sees];
    const carried = listsOf(act.lists, (act.lists === "stale" && ticket.drawn) || (await this.look(ticket)));
    const { to, cc } = { ...ticket.people.recipients, ...carried };
    const shown = { to, cc };
    let id = "";
    const verb: Verb = async () => {
      const request = { threadId: ticket.id, text, key, lastSeenMessageId: seen, ...carried };
      const outcome = await replyToTicket(request, author);
      if (!outcome.ok) return outcome;
      id = outcome.value.messageId;
      return { ok: true, value: [id, outcome.value.assignment] };
    };
    const read = seen ?? this.expected.lastLook(ticket, author);
    const added = act.lists === "more" ? [EXPERT] : [];
    const reply = () => ({ id, ticket, author, key, text, shown, added });
    const answer = () => this.expected.reply(reply(), read, carried?.recipientsRevision);
    return this.ask(verb, ticket, answer, act);
  }

  /** A page of the ticket is drawn: it shows the recipients that the rules name. */
  async look(ticket: ExpectedTicket): Promise<Shown> {
    const detail = await readTicket(ticket.id);
    if (!detail.ok) throw new Error("The ticket is gone.");
    const { recipients, recipientsRevision, newcomers } = detail.value;
    const { people } = ticket;
    expect(sorted(recipients)).toEqual(sorted(people.recipients));
    expect(recipientsRevision).toBe(people.revision);
    expect(newcomers.map(({ address }) => address).toSorted()).toEqual([...people.offered].toSorted());
    ticket.drawn = { recipients, recipientsRevision };
    return ticket.drawn;
  }

  changePeople(ticket: ExpectedTicket, act: Doing<"change people">): Promise<void> {
    const [who, op] = [memberOf(act.who, ticket), newOperation()];
    const address = NAMED[act.person % NAMED.length] ?? EXPERT;
    const request = act.change === "customer" ? { customer: address } : { [act.change]: [address] };
    const verb: Verb = async () => {
      const outcome = await changeParticipants({ threadId: ticket.id, ...request }, who, op);
      return outcome.ok ? { ok: true, value: null } : outcome;
    };
    return this.ask(verb, ticket, () => this.expected.changePeople(ticket, act.change, address, who), act);
  }

  async useKeyAgain({ reply: index, isOtherText }: Doing<"same key">): Promise<void> {
    const { replies } = this.expected;
    const reply = replies[index % Math.max(1, replies.length)];
    if (!reply) return;
    const { author, key, id, ticket } = reply;
    const text = isOtherText ? `Never ${reply.text}` : reply.text;
    const request = { threadId: ticket.id, text, key, lastSeenMessageId: ticket.newest };
    const outcome = await replyToTicket(request, author);
    if (isOtherText) {
      expect(outcome).toEqual({ ok: false, failure: { reason: "key_reused", text: reply.text } });
    } else if (reply.isUndone) {
      expect(outcome).toMatchObject({ failure: { reason: "delivery_settled" } });
    } else expect(outcome).toMatchObject({ ok: true, value: { messageId: id } });
  }

  /** Settles a reply: one that this decision is open for, if there is one. */
  async settle(act: Doing<"settle">): Promise<void> {
    const facts = await replyFacts();
    const { replies } = this.expected;
    const isOpen = ({ id }: ExpectedReply) => isOpenFor(facts.get(id), act.action);
    const among = replies.some(isOpen) ? replies.filter(isOpen) : replies;
    const reply = among[act.reply % Math.max(1, among.length)];
    const row = reply && facts.get(reply.id);
    if (!reply || !row) return;
    const { ticket, id } = reply;
    const [who, op] = [memberOf(act.who, ticket), newOperation()];
    const verb: Verb = async () => {
      const outcome = await settleDelivery(ContentId.parse(id), act.action, who, op);
      return outcome.ok ? { ok: true, value: outcome.value.messageId } : outcome;
    };
    let notices: ExpectedNotice[] = [];
    const answer = () => {
      const settled = this.expected.deliveries.settle(reply, act.action, who, row, facts);
      ({ notices } = settled);
      return settled.answer;
    };
    await this.ask(verb, ticket, answer, act);
    await learnNotices(ticket, notices);
  }

  async askForCard(ticket: ExpectedTicket, act: Doing<"ask for card">, desk: CardDesk): Promise<void> {
    const [who, op] = [memberOf(act.who), newOperation()];
    const isPaused = (await Destination.exists({ pausedReason: trusted({ $ne: null }) })) !== null;
    const detail = await readTicket(ticket.id);
    const resting = (await storedThread(ticket.id)).cardsDueAt ? "pending" : "none";
    const card = (detail.ok && detail.value.ticket.card?.state) || resting;
    const verb = () => requestCard(ticket.id, who, { op, config: desk.config, clock: desk.clock.now() });
    await this.ask(verb, ticket, () => this.expected.askForCard(ticket, card, isPaused), act);
  }

  async askAgain(call: number): Promise<void> {
    const earlier = this.calls[call % Math.max(1, this.calls.length)];
    if (!earlier) return;
    const outcome = await earlier.again();
    const undone = this.expected.replies.find(
      ({ id, isUndone }) => isUndone && earlier.value.includes(`["${id}"`),
    );
    if (undone) return void expect(outcome).toMatchObject({ failure: { reason: "delivery_settled" } });
    expect(outcome.ok ? JSON.stringify(outcome.value) : outcome.failure.reason).toBe(earlier.value);
  }

  /** Asks the product, twice if the answer is lost, and compares with the model. */
  async ask(
    verb: Verb,
    ticket: ExpectedTicket,
    expectedAnswer: () => string,
    { isLost, isDouble = false }: { isLost: boolean; isDouble?: boolean },
  ): Promise<void> {
    const { changes } = ticket;
    const outcomes = await Promise.all(isDouble ? [verb(), verb()] : [verb()]);
    if (isLost) outcomes.push(await verb());
    const answer = expectedAnswer();
    for (const outcome of outcomes) expect(outcome.ok ? "ok" : outcome.failure.reason).toBe(answer);
    const values = new Set(outcomes.map((outcome) => (outcome.ok ? JSON.stringify(outcome.value) : "")));
    expect(values.size).toBe(1);
    if (ticket.changes > changes) this.calls.push({ again: verb, value: [...values].join() });
  }
}

type Carried = { to: string[]; cc: string[]; recipientsRevision: number };

/** The lists that a reply carries after its page has shown these; undefined if it carries none. */
function listsOf(lists: Lists, { recipients: { to, cc }, recipientsRevision }: Shown): Carried | undefined {
  if (lists === "unsaid") return undefined;
  const chosen = { shown: cc, stale: cc, more: [...cc, EXPERT], fewer: [] }[lists];
  return { to, cc: [...new Set(chosen)], recipientsRevision };
}
