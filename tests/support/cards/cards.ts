import { cardStep } from "@/lib/cards/converge";
import type { CardsConfig } from "@/lib/cards/config";
import { toCardFacts } from "@/lib/cards/facts";
import { trusted } from "@/lib/store/db";
import { renderCard } from "@/lib/discord/render";
import type { ThreadId } from "@/lib/api/contracts";
import { changeThread, literal } from "@/lib/tickets/transition";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type { Limits } from "@/scripts/stand-ins/discord/limits";
import { asStored, type Message } from "@/scripts/stand-ins/discord/messages";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { createThread } from "@/tests/support/factories/threads";

/** So long that only a test that waits for silence runs out of it, and never a busy machine. */
const PATIENT_MS = 10_000;
const IMPATIENT_MS = 200;
/** Later than any late edit of a test lands. Not the product's number: were that too small, no test would see it. */
const LATEST_LANDING_MS = 360_000;
const APP_URL = "https://desk.example";
let operations = 0;

/** The followers of cards beside a strict Discord, on a clock that a test can put forward. */
export class CardDesk {
  private constructor(
    readonly discord: DiscordStandIn,
    readonly clock: TestClock,
    public config: CardsConfig,
  ) {}

  /** Starts over: no tickets, no cards, a channel of its own. */
  static async start({
    limits,
    timeoutMs = PATIENT_MS,
  }: { limits?: Partial<Limits>; timeoutMs?: number } = {}): Promise<CardDesk> {
    await Promise.all([EmailThread.deleteMany({}), Card.deleteMany({}), Destination.deleteMany({})]);
    const clock = new TestClock();
    const discord = await startDiscordStandIn({ clock: () => clock.now().getTime(), limits });
    return new CardDesk(discord, clock, configOf(discord, clock.now(), timeoutMs));
  }

  /** Gives an answer up soon, for a test in which Discord gives none. */
  losePatience(): void {
    this.config = { ...this.config, timeoutMs: IMPATIENT_MS };
  }

  /** One ticket as it arrives by mail. */
  async mailArrives(overrides: Partial<StoredThread> = {}): Promise<ThreadId> {
    const thread = await createThread({
      cardsDueAt: new Date(),
      lastInboundAt: this.clock.now(),
      ...overrides,
    });
    return thread.id;
  }

  /** The customer writes again: what the inbound path does to the thread. */
  async customerWrites(threadId: ThreadId, excerpt: string): Promise<void> {
    await changeThread({
      threadId,
      op: `mail-${(operations += 1)}`,
      where: {},
      set: { excerpt: literal(excerpt), lastInboundAt: literal(this.clock.now()), status: literal("open") },
      line: { kind: "customer_replied", by: null },
    });
  }

  step(): Promise<{ worked: boolean }> {
    return cardStep(this.clock.now(), this.config);
  }

  /** Works until nothing is due now. */
  async work(): Promise<void> {
    while ((await this.step()).worked);
  }

  /** Works and lets time pass until nothing is due any more, for at most `forMs`. */
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

  /** Time passes until whatever Discord still has under way has landed; the followers do nothing meanwhile. */
  letLateOnesLand(): void {
    this.clock.advance(LATEST_LANDING_MS);
  }

  /** When something is due next that was not due yet at `asOf`, in milliseconds, or null. */
  private async nextDue(asOf: number): Promise<number | null> {
    const cards = await Card.find({ dueAt: trusted({ $ne: null }) }).lean<StoredCard[]>();
    const destinations = await Destination.find({ pausedReason: null }).lean<StoredDestination[]>();
    if (cards.length === 0) return null;
    const times = [
      ...cards.flatMap(({ dueAt, leaseUntil }) => [dueAt, leaseUntil]),
      ...destinations.flatMap(({ blockedUntil, oldEditsBlockedUntil, leaseUntil }) => [
        blockedUntil,
        oldEditsBlockedUntil,
        leaseUntil,
      ]),
    ];
    const later = times.map((time) => time?.getTime() ?? 0).filter((time) => time > asOf);
    return later.length === 0 ? null : Math.min(...later);
  }

  /** The messages that link to a ticket, oldest first. */
  messagesOf(threadId: ThreadId): Message[] {
    return this.discord.messages().filter(({ content }) => content.includes(threadId));
  }

  /** The one card of a ticket as a reader sees it. Throws where there is none, or two. */
  textOf(threadId: ThreadId): string {
    const [message, ...more] = this.messagesOf(threadId);
    if (!message || more.length > 0) throw new Error(`${message ? more.length + 1 : 0} cards of the ticket`);
    return message.content.replace(/\\([!-/:-@[-`{-~])/g, "$1");
  }

  async cardOf(threadId: ThreadId): Promise<StoredCard> {
    return Card.findOne({ threadId }).sort({ gen: -1 }).orFail().lean<StoredCard>();
  }

  /** What Discord would keep of the card that the database calls for. */
  async expectedText(threadId: ThreadId): Promise<string> {
    const thread = await EmailThread.findById(threadId).orFail().lean<StoredThread>();
    const { withoutCustomerText } = await this.cardOf(threadId);
    return asStored(renderCard(toCardFacts(thread), { appUrl: APP_URL, withoutCustomerText }).content);
  }

  /** Requests so far, as "POST", "PATCH" or "GET". */
  requests(): string[] {
    return this.discord.requests().map(({ method }) => method);
  }

  /** The product's configuration after the webhook's address was exchanged for another one's, and a restart. */
  exchangeWebhook(discord: DiscordStandIn): void {
    this.config = configOf(discord, this.clock.now(), this.config.timeoutMs);
  }
}

function configOf({ webhook, url }: DiscordStandIn, readAt: Date, timeoutMs?: number): CardsConfig {
  return {
    webhook: { id: webhook.id, token: webhook.token },
    apiUrl: url,
    appUrl: APP_URL,
    readAt,
    timeoutMs,
  };
}

/** Real time, put forward: due times that the database's clock sets are never in its future. */
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
