import { expect } from "vitest";
import type { BulkItem, BulkRequest } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { bulkStep } from "@/lib/bulk/job-step";
import { releaseMember } from "@/lib/bulk/release-member";
import { actOnTickets, bulkOp } from "@/lib/tickets/bulk";
import { declineTicket } from "@/lib/tickets/decline";
import { reassignTicket } from "@/lib/tickets/reassign";
import { newOperation } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { admin, storedThread } from "@/tests/support/factories/threads";
import type { Act } from "./desk-acts";
import type { People, Verb } from "./desk-people";
import { memberOf } from "./desk-team";
import type { ExpectedDesk } from "./expected-desk";
import { ExpectedHandovers, type ExpectedBulk } from "./expected-handovers";
import type { ExpectedTicket } from "./expected-ticket";

type Doing<Does extends Act["does"]> = Extract<Act, { does: Does }>;
type Wanted = Doing<"bulk">["wants"];

/** The team hands tickets over, one by one and many at once. Product and model are asked, and the answers compared. */
export class Handovers {
  private readonly rules: ExpectedHandovers;
  private readonly calls: ExpectedBulk[] = [];

  constructor(
    private readonly expected: ExpectedDesk,
    private readonly people: People,
  ) {
    this.rules = new ExpectedHandovers(expected);
  }

  give(ticket: ExpectedTicket, act: Doing<"give">): Promise<void> {
    const by = act.who === "giver" ? (ticket.giver ?? memberOf(0)) : memberOf(act.who, ticket);
    const [to, op] = [memberOf(act.to), newOperation()];
    const other = typeof act.sees === "number" ? memberOf(act.sees) : null;
    const seen = act.sees === "right" ? ticket.assignee : other;
    const request = { threadId: ticket.id, assignedTo: to.id, expectedAssignedTo: seen?.id ?? null };
    const verb: Verb = async () => plain(await reassignTicket(request, by, { op }));
    return this.people.ask(verb, ticket, () => this.rules.give(ticket, seen, to, by), act);
  }

  async decline(ticket: ExpectedTicket, act: Doing<"decline">): Promise<void> {
    const [by, op] = [memberOf(act.who, ticket), newOperation()];
    const { giver } = ticket;
    const request = { threadId: ticket.id, reason: "No time" };
    const verb: Verb = async () => plain(await declineTicket(request, by, op));
    await this.people.ask(verb, ticket, () => this.rules.decline(ticket, by), act);
    if (ticket.givenBackTo && giver) await learnDecline(ticket, by, giver);
  }

  async bulk(act: Doing<"bulk">): Promise<void> {
    const [by, to] = [memberOf(act.who), memberOf(act.to)];
    const { tickets } = this.expected;
    const bulk: ExpectedBulk = { key: `bulk-${this.calls.length}`, by, changed: new Map() };
    this.calls.push(bulk);
    const request = requestOf(act.wants, tickets, to);
    const results = await actOnTickets(request, by, bulkOp(by, bulk.key));
    const answers = tickets.map((ticket) => this.answerInBulk(bulk, ticket, act.wants, to));
    expect(results.map(reasonOf)).toEqual(answers);
    expect(results.map((result) => result.success && result.canUndo)).toEqual(
      tickets.map((ticket) => bulk.changed.has(ticket)),
    );
    if (act.isLost) expect(await actOnTickets(request, by, bulkOp(by, bulk.key))).toEqual(results);
  }

  async undoBulk(act: Doing<"undo bulk">): Promise<void> {
    const bulk = this.calls.at(-1 - (act.call % Math.max(1, this.calls.length)));
    if (!bulk) return;
    const by = act.who === "author" ? bulk.by : memberOf(act.who);
    const { tickets } = this.expected;
    const request: BulkRequest = { action: "undo", key: bulk.key, items: tickets.map(itemOf) };
    const results = await actOnTickets(request, by);
    const answers = tickets.map((ticket) => this.rules.undo(bulk, ticket, by));
    expect(results.map(reasonOf)).toEqual(answers);
    if (act.isLost) expect(await actOnTickets(request, by)).toEqual(results);
  }

  /** An admin releases all active tickets of one member, as a job. */
  async release(act: Doing<"release">): Promise<void> {
    const member = memberOf(act.who);
    const held = this.expected.tickets.filter(
      ({ assignee, status }) => assignee?.id === member.id && status !== "resolved",
    );
    const job = await releaseMember(member.id, admin());
    while ((await bulkStep()).worked);
    if (held.length === 0) return void expect(job).toMatchObject({ failure: { reason: "nothing_matches" } });
    expect(job).toMatchObject({ ok: true, value: { total: held.length } });
    for (const ticket of held) expect(this.expected.unclaim(ticket, admin())).toBe("ok");
  }

  private answerInBulk(bulk: ExpectedBulk, ticket: ExpectedTicket, wants: Wanted, to: TeamMember): string {
    const { expected, rules } = this;
    const { by } = bulk;
    const acts = {
      claim: () => expected.claim(ticket, by),
      unclaim: () => expected.unclaim(ticket, by),
      give: () => rules.give(ticket, ticket.assignee, to, by),
      resolve: () => expected.setStatus(ticket, "resolved", by, ticket.newest),
    };
    return rules.inBulk(bulk, ticket, acts[wants], wants === "resolve" ? "resolved" : null);
  }
}

function itemOf({ id, newest, assignee }: ExpectedTicket): BulkItem & { expectedAssignedTo: string | null } {
  return { threadId: id, lastSeenMessageId: newest, expectedAssignedTo: assignee?.id ?? null };
}

function requestOf(wants: Wanted, tickets: ExpectedTicket[], to: TeamMember): BulkRequest {
  const items = tickets.map(itemOf);
  if (wants === "give") return { action: "reassign", assignedTo: to.id, items };
  if (wants === "resolve") return { action: "status", status: "resolved", items };
  return { action: wants, items };
}

function reasonOf(result: { success: true } | { success: false; reason: string }): string {
  return result.success ? "ok" : result.reason;
}

/** The outcome without the ticket, which a retry shows as it is by then. */
function plain<Failure>(outcome: { ok: true } | { ok: false; failure: Failure }) {
  return outcome.ok ? { ok: true as const, value: null } : outcome;
}

/** The ticket has one new notice, which says who declined it and who gave it, and it is the newest message. */
async function learnDecline(ticket: ExpectedTicket, by: TeamMember, givenBy: TeamMember): Promise<void> {
  const { _id: threadId, lastMessageId } = await storedThread(ticket.id);
  const rows = await EmailMessage.find({ threadId, direction: "notice" }).lean<StoredMessage[]>();
  const [added, ...more] = rows.filter(({ _id }) => !ticket.notices.has(_id));
  expect(more).toEqual([]);
  if (!added) return; // an earlier decline that still stands
  expect(added).toMatchObject({
    _id: lastMessageId,
    declined: { by: { id: by.id }, givenBy: { id: givenBy.id }, reason: "No time" },
  });
  ticket.notices.add(added._id);
  ticket.newest = added._id;
}
