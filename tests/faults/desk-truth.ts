import { expect } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { readTicket } from "@/lib/tickets/read";
import { Card, type StoredCard } from "@/models/CardModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { expectRightPeople } from "./desk-recipients";
import type { DeskRun } from "./desk-run";
import type { ExpectedReply, ExpectedTicket } from "./expected-ticket";

/** Compares the database, the sent mails and the channel with the model, after all work has ended. */
export async function expectTruth(run: DeskRun): Promise<void> {
  for (const ticket of run.expected.tickets) await expectTicket(ticket);
  for (const reply of run.expected.replies) await expectReply(run, reply);
  await expectRightPeople(run);
  await expectNothingElse(run);
  await expectCards(run);
}

async function expectTicket(ticket: ExpectedTicket): Promise<void> {
  const thread = await storedThread(ticket.id);
  expect(thread).toMatchObject({
    assignedTo: ticket.assignee?.id ?? null,
    assignedToEmail: ticket.assignee?.email ?? null,
    status: ticket.status,
    lastMessageId: ticket.newest,
    revision: ticket.changes,
  });
  expect(thread.eventsDueAt).toBeUndefined();
  const events = await TicketEvent.find({ threadId: thread._id })
    .sort({ revision: 1 })
    .lean<StoredTicketEvent[]>();
  const history = (thread.history ?? []).map(({ op: _op, before: _before, ...line }) => line);
  expect(history.map(({ revision }) => revision)).toEqual(history.map((_, index) => index + 1));
  expect(history).toHaveLength(ticket.changes);
  expect(events.map(({ _id, threadId: _threadId, ...event }) => event)).toEqual(history);
}

async function expectReply({ smtp }: DeskRun, reply: ExpectedReply): Promise<void> {
  const row = await storedMessage(reply.id);
  const accepted = smtp.accepted(row.rfcMessageId ?? "");
  expect(["sent", "failed", "unconfirmed", "came_back", "cancelled"]).toContain(row.state);
  expect(row).toMatchObject({ text: reply.text, authorId: reply.author.id, leaseId: null, dueAt: null });
  if (row.state === "sent" && !reply.isMarkedSent) expect(accepted).toBeGreaterThanOrEqual(1);
  expect(row.state === "cancelled").toBe(reply.isUndone);
  if (reply.isUndone) expect(accepted).toBe(0);
  if (row.state === "failed" || row.state === "unconfirmed") expect(row.lastError).toMatch(/.{10,}/);
  if (reply.isMarkedSent && accepted === 0) expect(["sent", "came_back"]).toContain(row.state);
  if (reply.isBackEarly) expect(["came_back", "failed"]).toContain(row.state);
}

/** The model knows every message and every mail that went out. */
async function expectNothingElse({ expected, smtp }: DeskRun): Promise<void> {
  const rows = await EmailMessage.find({}).lean<StoredMessage[]>();
  const outbound = rows.filter(({ direction }) => direction === "outbound");
  expect(new Set(outbound.map(({ _id }) => _id))).toEqual(new Set(expected.replies.map(({ id }) => id)));
  const others = expected.tickets.flatMap(({ mails, reports, notices }) => [
    ...mails,
    ...reports,
    ...notices,
  ]);
  expect(rows.length - outbound.length).toBe(others.length);
  for (const { raw } of smtp.mails) {
    const text = raw.slice(raw.indexOf("\r\n\r\n")).trim();
    expect(expected.replies.map((reply) => reply.text)).toContain(text);
  }
}

async function expectCards({ desk, watch, deletedCards, expected }: DeskRun): Promise<void> {
  expect(desk.discord.pings()).toEqual([]);
  expect(desk.discord.violations()).toEqual([]);
  expect(desk.discord.inFlightMax()).toBeLessThanOrEqual(1);
  expect(watch.breaches).toEqual([]);
  const messages = desk.discord.messages();
  const cards = await Card.find({}).lean<StoredCard[]>();
  for (const { id, status, mails, cardWishes } of expected.tickets) {
    const own = cards.filter((card) => card.threadId.toHexString() === id);
    const postsMax = own.reduce((sum, card) => sum + 1 + card.uncertainPosts, 0);
    // A ticket that was resolved before its first card gets none.
    if (status !== "resolved") expect(own.length).toBeGreaterThanOrEqual(1);
    expect(desk.messagesOf(id).length).toBeLessThanOrEqual(postsMax);
    const detail = await readTicket(id);
    expect(detail.ok && detail.value.ticket.card?.state).not.toBe("pending");
    // Only a mail or a wish brings back a deleted card, once each. Attention moves a card.
    expect(own.filter(({ state }) => state !== "moved").length).toBeLessThanOrEqual(
      mails.length + cardWishes,
    );
  }
  for (const card of cards) {
    expect(card).toMatchObject({ dueAt: null, leaseId: null });
    if (card.state !== "live" || deletedCards.has(card.messageId ?? "")) continue;
    const message = messages.find(({ id }) => id === card.messageId);
    // The last worker to record the card knew of every post in doubt.
    expect(card.lastError).toEqual(card.uncertainPosts > 0 ? expect.stringContaining("twice") : null);
    expect(message?.content).toBe(await desk.expectedText(ThreadId.parse(card.threadId.toHexString())));
  }
}
