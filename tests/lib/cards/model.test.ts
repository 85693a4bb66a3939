import fc from "fast-check";
import { expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { ATTENTION_KINDS, type AttentionKind } from "@/lib/api/vocabulary";
import { renderMovedCard } from "@/lib/discord/render";
import { trusted } from "@/lib/store/db";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { CardDesk } from "@/tests/support/cards/cards";
import { admin, member } from "@/tests/support/factories/threads";

// Random sequences of events and faults, then quiet: the channel must show what the database holds.
// No request here times out: a rate limit whose answer the desk gave up on would count as a violation of the desk's.
// tests/faults/discord-matrix.test.ts covers requests without an answer.

type Act =
  | { does: "mail" | "work" }
  | { does: "parallel work"; workers: number }
  | { does: "claim" | "resolve"; ticket: number; who: number }
  | { does: "unclaim" | "see" | "delete card" | "die"; ticket: number }
  | { does: "reply fails" | "need attention out of sight"; ticket: number; kind: AttentionKind }
  | { does: "write"; ticket: number; text: string }
  | { does: "wait"; ms: number }
  | { does: "fault"; fault: Fault };

const OUT_OF_SIGHT_MS = 61 * 60_000;
const team = [member("Priya Nair"), member("Jonas Weber")];
const ticket = fc.nat({ max: 2 });
const who = fc.nat({ max: 1 });
const fault = fc.constantFrom<Fault>(
  { kind: "status", status: 500, when: "before" },
  { kind: "status", status: 502, when: "after" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "after" },
  { kind: "truncated" },
  { kind: "lands_late", afterMs: 3_000 },
  { kind: "lands_late", afterMs: 20_000 },
  { kind: "lands_late", afterMs: 120_000 },
  { kind: "lands_late", afterMs: 300_000 },
  { kind: "turned_away", as: "json" },
  { kind: "rate_limited", retryAfterSeconds: 3.5, scope: "user" },
  { kind: "rate_limited", retryAfterSeconds: 40, scope: "shared" },
  { kind: "rate_limited", retryAfterSeconds: 2, scope: "global" },
  { kind: "rate_limited", retryAfterSeconds: 9, scope: "shared", code: 30046 },
  { kind: "error", status: 404 },
  { kind: "error", status: 403 },
  { kind: "error", status: 401, code: 50027 },
  { kind: "error", status: 400, code: 200000 },
);
const text = fc.constantFrom("news?", "@everyone **now** <@123456789012345678>");
const ms = fc.constantFrom(200, 800, 6_000, 40_000, 1_200_000, 4_000_000);

const often = (weight: number, shape: { [Key in string]: fc.Arbitrary<unknown> }) => ({
  weight,
  arbitrary: fc.record(shape) as fc.Arbitrary<Act>, // each shape below is one of Act's
});
const is = <Does extends Act["does"]>(...does: Does[]) => fc.constantFrom(...does);
const acts = fc.array(
  fc.oneof(
    often(3, { does: is("mail") }),
    often(4, { does: is("claim"), ticket, who }),
    often(3, { does: is("unclaim"), ticket }),
    often(2, { does: is("resolve"), ticket, who }),
    often(3, { does: is("write"), ticket, text }),
    often(3, { does: is("see"), ticket }),
    often(2, { does: is("reply fails"), ticket, kind: fc.constantFrom(...ATTENTION_KINDS.slice(1)) }),
    often(5, { does: is("need attention out of sight"), ticket, kind: fc.constantFrom(...ATTENTION_KINDS) }),
    often(7, { does: is("work") }),
    often(3, { does: is("parallel work"), workers: fc.integer({ min: 2, max: 4 }) }),
    often(4, { does: is("wait"), ms }),
    often(4, { does: is("fault"), fault }),
    often(1, { does: is("delete card", "die"), ticket }),
  ),
  { minLength: 5, maxLength: 25 },
);

class Run {
  readonly tickets: ThreadId[] = [];
  readonly deleted = new Set<string>();
  constructor(readonly desk: CardDesk) {}

  async perform(act: Act): Promise<unknown> {
    const { desk, tickets } = this;
    if ("ticket" in act) {
      const id = tickets[act.ticket % Math.max(1, tickets.length)];
      return id && this.performOn(id, act);
    }
    switch (act.does) {
      case "mail":
        return tickets.push(await desk.mailArrives());
      case "work":
        return desk.step();
      case "parallel work":
        return Promise.all(Array.from({ length: act.workers }, () => desk.step()));
      case "wait":
        return desk.clock.advance(act.ms);
      case "fault":
        return desk.discord.faults.next(act.fault);
    }
  }

  private async performOn(id: ThreadId, act: Extract<Act, { ticket: number }>): Promise<unknown> {
    const { desk } = this;
    switch (act.does) {
      case "claim":
        return claimTicket(id, team[act.who] ?? admin());
      case "resolve":
        return setTicketStatus(id, "resolved", team[act.who] ?? admin());
      case "unclaim":
        return unclaimTicket(id, admin());
      case "write":
        return desk.customerWrites(id, act.text);
      case "see":
        return desk.teamSees(id);
      case "reply fails":
        return desk.replyFails(id, act.kind, "other");
      case "need attention out of sight":
        return this.needAttentionOutOfSight(id, act.kind);
      case "delete card":
        for (const messageId of desk.deleteMessages(id)) this.deleted.add(messageId);
        return;
      case "die":
        return Card.updateOne(
          { threadId: id, leaseId: null, dueAt: trusted({ $lte: desk.clock.now() }) },
          {
            $set: { leaseId: "of a dead worker", dueAt: new Date(desk.clock.now().getTime() + 60_000) },
          },
        );
    }
  }

  /** So that the card moves, if nothing is in the way. Acts that come by chance alone hardly ever get there. */
  private async needAttentionOutOfSight(id: ThreadId, kind: AttentionKind): Promise<void> {
    const { desk } = this;
    await desk.teamSees(id);
    await desk.settle(10_000);
    desk.clock.advance(OUT_OF_SIGHT_MS);
    await (kind === "customer_mail" ? desk.customerWrites(id, "again") : desk.replyFails(id, kind, "other"));
  }

  /** Ends faults and pauses, and works until nothing is due. */
  async recover(): Promise<void> {
    await this.desk.settle(10_000);
    this.desk.discord.faults.clear();
    await Destination.updateMany({}, { $set: { pausedReason: null } });
    await this.desk.settle();
    this.desk.landLateEdits();
  }

  async expectCardsAsStored(): Promise<void> {
    const { desk, deleted, tickets } = this;
    expect(desk.discord.pings()).toEqual([]);
    expect(desk.discord.violations()).toEqual([]);
    const messages = desk.discord.messages();
    const cards = await Card.find({}).lean<StoredCard[]>();
    for (const id of tickets) {
      const own = cards.filter(({ threadId }) => threadId.toHexString() === id);
      expect(own.filter(({ state }) => state === "live").length).toBeLessThanOrEqual(1);
      expect(own.toSorted((one, other) => other.gen - one.gen)[0]?.state).not.toBe("moved");
    }
    for (const card of cards) {
      expect(card).toMatchObject({ dueAt: null, leaseId: null });
      const id = ThreadId.parse(card.threadId.toHexString());
      const posts = cards
        .filter((other) => other.threadId.equals(card.threadId))
        .map((other) => 1 + other.uncertainPosts);
      expect(desk.messagesOf(id).length).toBeLessThanOrEqual(posts.reduce((sum, count) => sum + count));
      const isShown = card.state === "live" || (card.state === "moved" && isFollowed(card, cards));
      if (!isShown || card.messageId === null || deleted.has(card.messageId)) continue;
      const message = messages.find((other) => other.id === card.messageId);
      const line = renderMovedCard(id).content;
      expect(message?.content).toBe(card.state === "moved" ? line : await desk.expectedText(id));
    }
  }
}

/** Whether a later card of the ticket has been in the channel, so that this one's message is a line if Discord took it. */
function isFollowed(moved: StoredCard, cards: StoredCard[]): boolean {
  if (moved.lastError?.includes("refuses")) return false;
  return cards.some(
    (card) => card.threadId.equals(moved.threadId) && card.gen > moved.gen && card.postedAt !== null,
  );
}

test("after any events and faults, every card shows what the database holds, and nobody is pinged", async () => {
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      const desk = await CardDesk.start();
      const run = new Run(desk);
      try {
        for (const act of sequence) await run.perform(act);
        await run.recover();
        await run.expectCardsAsStored();
        moves += await Card.countDocuments({ state: "moved" });
      } finally {
        await desk.discord.close();
      }
    }),
    { numRuns: Number(process.env.CARD_RUNS ?? 100) },
  );
  expect(moves).toBeGreaterThan(0);
}, 240_000);
