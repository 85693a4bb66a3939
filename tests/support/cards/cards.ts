import { expect } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import type { AttentionKind, DeliveryCause, TicketStatus } from "@/lib/api/vocabulary";
import type { CardsConfig } from "@/lib/cards/config";
import { cardStep } from "@/lib/cards/converge";
import { toCardFacts } from "@/lib/cards/facts";
import { renderCard } from "@/lib/discord/render";
import { trusted } from "@/lib/store/db";
import { changeThread, literal } from "@/lib/tickets/transition";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { EmailThread, type StoredAttention, type StoredThread } from "@/models/EmailThreadModel";
import type { Limits } from "@/scripts/stand-ins/discord/limits";
import { asStored, type Message } from "@/scripts/stand-ins/discord/messages";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { createThread } from "@/tests/support/factories/threads";

/** Long enough for a busy machine. */
const TIMEOUT_MS = 10_000;
/** For tests in which Discord never answers. */
const SHORT_TIMEOUT_MS = 200;
/** Later than any late edit of a test. Not the product's constant, so that a test fails if that is too small. */
const LATEST_LANDING_MS = 360_000;
const APP_URL = "https://desk.example";
let operations = 0;

/** The card follower and a strict stand-in of Discord, on a clock that a test can advance. */
export class CardDesk {
  private constructor(
    readonly discord: DiscordStandIn,
    readonly clock: TestClock,
    public config: CardsConfig,
  ) {}

  /** Starts with no tickets, no cards and a new channel. */
  static async start({
    limits,
    timeoutMs = TIMEOUT_MS,
  }: { limits?: Partial<Limits>; timeoutMs?: number } = {}): Promise<CardDesk> {
    await Promise.all([EmailThread.deleteMany({}), Card.deleteMany({}), Destination.deleteMany({})]);
    const clock = new TestClock();
    const discord = await startDiscordStandIn({ clock: () => clock.now().getTime(), limits });
    return new CardDesk(discord, clock, configOf(discord, clock.now(), timeoutMs));
  }

  /** Closes the channel. Fails the test if the desk pinged anybody or sent a request that Discord forbids. */
  async close(): Promise<void> {
    await this.discord.close();
    expect(this.discord.pings()).toEqual([]);
    expect(this.discord.violations()).toEqual([]);
  }

  shortenTimeout(): void {
    this.config = { ...this.config, timeoutMs: SHORT_TIMEOUT_MS };
  }

  /** Stores a ticket that came by mail and has no card yet. */
  async mailArrives(overrides: Partial<StoredThread> = {}): Promise<ThreadId> {
    const thread = await createThread({
      cardsDueAt: new Date(),
      lastInboundAt: this.clock.now(),
      attention: attentionOf("customer_mail", this.clock.now()),
      ...overrides,
    });
    return thread.id;
  }

  /** Stores a ticket and posts its card. */
  async postedTicket(overrides: Partial<StoredThread> = {}): Promise<ThreadId> {
    const id = await this.mailArrives(overrides);
    await this.settle();
    return id;
  }

  /** Changes the thread as the inbound path does if the customer writes again. */
  async customerWrites(threadId: ThreadId, excerpt: string): Promise<void> {
    await changeThread({
      threadId,
      op: `mail-${(operations += 1)}`,
      where: {},
      set: {
        excerpt: literal(excerpt),
        lastInboundAt: literal(this.clock.now()),
        status: literal("open"),
        attention: literal(attentionOf("customer_mail", this.clock.now())),
      },
      line: { kind: "customer_replied", by: null },
    });
  }

  /** Changes the thread as a report about one of its replies does. */
  async replyFails(threadId: ThreadId, kind: AttentionKind, cause: DeliveryCause | null): Promise<void> {
    await changeThread({
      threadId,
      op: `report-${(operations += 1)}`,
      where: {},
      set: { status: literal("open"), attention: literal(attentionOf(kind, this.clock.now(), cause)) },
      line: { kind: "came_back", by: null },
    });
  }

  /** Changes the thread as somebody does who has seen all of it. */
  async teamSees(threadId: ThreadId, status: TicketStatus = "waiting"): Promise<void> {
    await changeThread({
      threadId,
      op: `seen-${(operations += 1)}`,
      where: {},
      set: { status: literal(status), attention: literal(null) },
      line: { kind: "seen", by: null },
    });
  }

  step(): Promise<{ worked: boolean }> {
    return cardStep(this.clock.now(), this.config);
  }

  /** Works until nothing is due now. */
  async work(): Promise<void> {
    while ((await this.step()).worked);
  }

  /** Works and advances the clock until nothing more is due, by at most `forMs`. */
  async settle(forMs = 20 * 3_600_000): Promise<void> {
    const end = this.clock.now().getTime() + forMs;
    for (;;) {
      const asOf = this.clock.now().getTime();
      await this.work();
      const next = await this.nextDue(asOf);
      if (next === null || next > end) return;
      this.clock.advanceTo(next);
    }
  }

  /** Advances the clock until every late edit has landed, without any work of the follower. */
  landLateEdits(): void {
    this.clock.advance(LATEST_LANDING_MS);
  }

  /** The next due time after `asOf`, in milliseconds; null if nothing is due. */
  private async nextDue(asOf: number): Promise<number | null> {
    const cards = await Card.find({ dueAt: trusted({ $ne: null }) }).lean<StoredCard[]>();
    const destinations = await Destination.find({ pausedReason: null }).lean<StoredDestination[]>();
    if (cards.length === 0) return null;
    const times = [
      ...cards.map(({ dueAt }) => dueAt),
      ...destinations.flatMap(({ blockedUntil, oldEditsBlockedUntil, leaseUntil }) => [
        blockedUntil,
        oldEditsBlockedUntil,
        leaseUntil,
      ]),
    ];
    const later = times.map((time) => time?.getTime() ?? 0).filter((time) => time > asOf);
    return later.length === 0 ? null : Math.min(...later);
  }

  /** The ticket's messages in the channel, oldest first. */
  messagesOf(threadId: ThreadId): Message[] {
    return this.discord.messages().filter(({ content }) => content.includes(threadId));
  }

  /** Deletes the ticket's messages, as a member of the channel can. Returns their ids. */
  deleteMessages(threadId: ThreadId): string[] {
    const ids = this.messagesOf(threadId).map(({ id }) => id);
    for (const id of ids) this.discord.channel.deleteMessage(id);
    return ids;
  }

  /** The ticket's card as a reader sees it. Throws unless there is exactly one. */
  textOf(threadId: ThreadId): string {
    const [message, ...more] = this.messagesOf(threadId);
    if (!message || more.length > 0) throw new Error("The ticket does not have one card");
    return message.content.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  }

  async cardOf(threadId: ThreadId): Promise<StoredCard> {
    return Card.findOne({ threadId }).sort({ gen: -1 }).orFail().lean<StoredCard>();
  }

  /** The ticket's card rendered from the database, as Discord would store it. */
  async expectedText(threadId: ThreadId): Promise<string> {
    const thread = await EmailThread.findById(threadId).orFail().lean<StoredThread>();
    const { withoutCustomerText } = await this.cardOf(threadId);
    return asStored(renderCard(toCardFacts(thread), { appUrl: APP_URL, withoutCustomerText }).content);
  }

  /** Methods of the requests so far: "POST", "PATCH" or "GET". */
  requests(): string[] {
    return this.discord.requests().map(({ method }) => method);
  }

  /** Configures another webhook, as a restart with a new address does. */
  replaceWebhook(discord: DiscordStandIn): void {
    this.config = configOf(discord, this.clock.now(), this.config.timeoutMs);
  }
}

function attentionOf(kind: AttentionKind, at: Date, cause: DeliveryCause | null = null): StoredAttention {
  return { kind, at, messageId: `message-${at.getTime()}`, replyId: null, cause };
}

function configOf({ webhook, url }: DiscordStandIn, readAt: Date, timeoutMs?: number): CardsConfig {
  return {
    webhook: { id: webhook.id, token: webhook.token },
    apiUrl: url,
    appUrl: APP_URL,
    readAt: () => readAt,
    timeoutMs,
  };
}

/** Real time and at least a second more, so due times set by the database's clock are never in its future. */
export class TestClock {
  private aheadMs = 1_000;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance(ms: number): void {
    this.aheadMs += ms;
  }

  advanceTo(timeMs: number): void {
    this.aheadMs = Math.max(this.aheadMs, timeMs - Date.now());
  }
}
