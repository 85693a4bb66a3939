import "server-only";
import { crashPoint } from "@/lib/process/crash-point";
import { createDiscordClient, type DiscordMessage, type Outcome } from "@/lib/discord/client";
import type { Failure } from "@/lib/discord/failure";
import { renderCard, type CardPayload } from "@/lib/discord/render";
import { log } from "@/lib/log";
import { countRateLimit } from "@/lib/metrics";
import type { StoredCard } from "@/models/CardModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { hasDueCard, hurryWaitingCards, leaseDueCard, noteOnCard, settleCard } from "./card-lease";
import { cardsConfig, type CardsConfig } from "./config";
import { consequenceOf, GIVEN_UP_POSTING, later, type Consequence, type Request } from "./consequence";
import {
  blockDestination,
  blockMachine,
  blockOldEdits,
  forgetBlocks,
  isOpen,
  leaseDestination,
  openDestination,
  pauseDestination,
  type Destinations,
  type Sender,
} from "./destination";
import { sha256 } from "@/lib/hash";
import { hashOfCard, toCardFacts } from "./facts";
import {
  checksAfterEdit,
  checksAfterLook,
  checksAfterSurprise,
  isCheckDue,
  NO_CHECKS,
  type Checks,
} from "./late-edit";
import { addCard, hasWrittenSince, isUnseenRequest, markOneDue, mayPostNoMore } from "./mark-due";
import { takeOver } from "./take-over";

/** Failed reads in a row after which the check is skipped until the next one is due. */
const READ_FAILURES_MAX = 5;
/** Added to a pause that Discord's headers ask for, since rounding on two clocks could make it too short. */
const REST_MARGIN_MS = 50;

/**
 * Updates the cards in the team's channel from the database: marks the card of one changed thread as due, or sends at
 * most one request for one due card. Any number of workers may call it; a lease lets one at a time send to a webhook.
 * Without a webhook it does nothing, and changed threads stay marked.
 */
export async function cardStep(
  now: Date,
  config: CardsConfig | null = cardsConfig(),
): Promise<{ worked: boolean }> {
  // Started here, so that slow database calls before a request count towards Discord's pauses.
  const clock = clockFrom(now);
  const destinations = config && (await openDestination(config));
  if (!config || !destinations) return { worked: false };
  const { own } = destinations;
  if (await markOneDue(own._id, now)) return { worked: true };
  if (!isOpen(destinations, now)) return { worked: false };
  if (own.takenOverAt !== null && !(await hasDueCard(own._id, now))) return { worked: false };

  const lease = await leaseDestination(own._id, now);
  if (!lease) return { worked: false };
  try {
    const client = createDiscordClient({ ...config, contactUrl: config.appUrl });
    const sender: Sender = { destinations, client, appUrl: config.appUrl, clock };
    if (own.takenOverAt === null) return await takeOver(sender, now);

    const card = await leaseDueCard(destinations, now);
    if (card) await bringUpToDate(sender, card);
    return { worked: card !== null };
  } finally {
    await lease.release();
  }
}

/** `now` plus the time that has passed since, on the monotonic clock. */
function clockFrom(now: Date): () => Date {
  const start = performance.now();
  return () => later(now, performance.now() - start);
}

async function bringUpToDate(sender: Sender, card: StoredCard): Promise<void> {
  const thread = await EmailThread.findById(card.threadId)
    .read("primary")
    .readConcern("majority")
    .lean<StoredThread>();
  if (!thread) return settleCard(card, { state: "gone" }, { dueAt: null });

  const payload = renderCard(toCardFacts(thread), {
    appUrl: sender.appUrl,
    withoutCustomerText: card.withoutCustomerText || Boolean(thread.emptiedAt),
  });
  const work: Work = { ...sender, card, thread, payload, hash: hashOfCard(payload) };
  const { messageId } = card;
  if (messageId === null) return post(work);
  return work.hash === card.syncedHash ? confirm(work, messageId) : edit(work, messageId);
}

type Work = Sender & { card: StoredCard; thread: StoredThread; payload: CardPayload; hash: string };

/** The first post. Discord cannot be asked whether a post arrived, so it is stored before, and bounded in number. */
async function post(work: Work): Promise<void> {
  const { card, thread, clock } = work;
  // Still "posting": an earlier worker lost the answer, or crashed.
  const uncertainPosts = card.uncertainPosts + (card.state === "posting" ? 1 : 0);
  if (mayPostNoMore(card, uncertainPosts)) {
    log.error({ card: card._id, uncertainPosts }, "discord card given up");
    return settleCard(card, { ...GIVEN_UP_POSTING, uncertainPosts }, { dueAt: null });
  }
  const syncedInboundAt = thread.lastInboundAt ?? null;
  const marker = { state: "posting" as const, postStartedAt: clock(), uncertainPosts, syncedInboundAt };
  if (!(await noteOnCard(card, marker))) return;

  if (globalThis.CRASH_POINTS) crashPoint("cards.post-announced");
  const outcome = await work.client.post(work.payload);
  if (globalThis.CRASH_POINTS) crashPoint("cards.posted");
  const at = clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "post", at);
  const { id, channelId } = outcome.value;
  await settleCard(
    card,
    { ...shown(work, outcome.value, uncertainPosts), messageId: id, channelId, postedAt: at, ...NO_CHECKS },
    { shown: thread.revision ?? 0, at },
  );
  await succeeded(work, outcome, at);
}

async function edit(work: Work, messageId: string): Promise<void> {
  const { card, thread } = work;
  const outcome = await work.client.edit(messageId, work.payload);
  if (globalThis.CRASH_POINTS) crashPoint("cards.edited");
  const at = work.clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "edit", at);
  // An earlier edit of unknown outcome may still overwrite this one.
  const checks = checksAfterEdit(card, at);
  const set = { ...shown(work, outcome.value, card.uncertainPosts), ...checks };
  await settleCard(card, set, { shown: thread.revision ?? 0, at, otherwise: checks.verifyAt });
  await succeeded(work, outcome, at);
}

/** The card is up to date: no request, unless a late edit may have overwritten it or somebody deleted it. */
async function confirm(work: Work, messageId: string): Promise<void> {
  const { card, thread, clock } = work;
  const hasReason = isCheckDue(card, clock()) || hasWrittenSince(thread, card);
  if (!hasReason || card.attempts > READ_FAILURES_MAX) return atRest(work, clock());

  const outcome = await work.client.read(messageId);
  const at = clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "read", at);
  if (sha256(outcome.value.content) === card.echoHash) await atRest(work, at);
  else await settleCard(card, { syncedHash: null, ...checksAfterSurprise(card, at) }, { dueAt: at });
  await succeeded(work, outcome, at);
}

/** The card is up to date until the next check or change. */
async function atRest({ card, thread }: Work, at: Date): Promise<void> {
  const revision = thread.revision ?? 0;
  const checks: Checks = checksAfterLook(card, at);
  const set = {
    syncedRevision: revision,
    syncedInboundAt: thread.lastInboundAt ?? null,
    attempts: 0,
    failingSince: null,
    lastError: doubtOf(card.uncertainPosts),
    ...checks,
  };
  await settleCard(card, set, { shown: revision, at, otherwise: checks.verifyAt });
}

function shown({ thread, hash }: Work, message: DiscordMessage, uncertainPosts: number): Partial<StoredCard> {
  return {
    state: "live",
    syncedRevision: thread.revision ?? 0,
    syncedHash: hash,
    syncedInboundAt: thread.lastInboundAt ?? null,
    echoHash: sha256(message.content),
    attempts: 0,
    failingSince: null,
    lastError: doubtOf(uncertainPosts),
  };
}

/** The remaining warning on a card that is up to date; null if there is none. */
function doubtOf(uncertainPosts: number): string | null {
  if (uncertainPosts === 0) return null;
  return "Discord did not confirm this card at first, so it may stand there twice.";
}

async function succeeded({ destinations, card }: Work, outcome: Outcome<unknown>, at: Date): Promise<void> {
  const { own, all } = destinations;
  if (outcome.kind === "ok" && outcome.waitMs > 0) {
    await blockDestination(own._id, later(at, outcome.waitMs + REST_MARGIN_MS), false);
  }
  if (all.blocks > 0) await forgetBlocks();
  if (card.attempts > 0) await hurryWaitingCards(own._id, at);
}

async function failed(work: Work, failure: Failure, request: Request, at: Date): Promise<void> {
  const { destinations, card, thread } = work;
  log.warn({ card: card._id, request, ...failure }, "discord request failed");
  if (failure.kind === "rate_limited" || failure.kind === "blocked")
    countRateLimit(failure.kind === "blocked" ? "machine" : failure.scope);
  const consequence = consequenceOf(failure, request, card, at);
  const isMissed = hasWrittenSince(thread, card) || isUnseenRequest(thread, card);
  if (consequence.set.state === "gone" && isMissed) {
    await addCard(thread, destinations.own._id, card.gen + 1, at);
  }
  if (consequence.destination) await restrict(destinations, consequence.destination, at);
  await settleCard(card, consequence.set, { dueAt: consequence.dueAt });
}

async function restrict(
  destinations: Destinations,
  restriction: NonNullable<Consequence["destination"]>,
  at: Date,
): Promise<void> {
  const id = destinations.own._id;
  switch (restriction.kind) {
    case "paused":
      return pauseDestination(id, restriction.reason, at);
    case "machine_blocked":
      return blockMachine(destinations, at);
    case "blocked":
      if (restriction.scope === "old_edits") return blockOldEdits(id, restriction.until);
      return blockDestination(id, restriction.until, restriction.scope === "global");
  }
}
