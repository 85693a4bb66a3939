import "server-only";
import { crashPoint } from "@/lib/process/crash-point";
import { createDiscordClient, type DiscordMessage, type Outcome } from "@/lib/discord/client";
import type { Failure } from "@/lib/discord/failure";
import { renderCard, renderMovedCard, type CardPayload } from "@/lib/discord/render";
import { log } from "@/lib/log";
import { countRateLimit } from "@/lib/metrics";
import type { StepResult } from "@/lib/process/followers";
import { processSingleton } from "@/lib/process-singleton";
import type { Clock } from "@/lib/store/clock";
import { firstDue, isHeld } from "@/lib/store/queue/lease";
import type { Leased } from "@/lib/store/queue/queue";
import type { StoredCard } from "@/models/CardModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import {
  doubtCard,
  hurryWaitingCards,
  noteOnCard,
  runNextCard,
  settleCard,
  untilNextCard,
} from "./card-lease";
import { cardsConfig, type CardsConfig } from "./config";
import { confirmRefusal, isToBeConfirmed } from "./confirm-refusal";
import {
  consequenceOf,
  GIVEN_UP_POSTING,
  later,
  type CardFailure,
  type Consequence,
  type Request,
} from "./consequence";
import {
  blockDestination,
  blockMachine,
  blockOldEdits,
  destinationId,
  forgetBlocks,
  isOpen,
  leaseDestination,
  leasePaused,
  openDestination,
  withLease,
  type Destinations,
  type Sender,
} from "./destination";
import { sha256 } from "@/lib/hash";
import { hashOfCard, toCardFacts } from "./facts";
import {
  ALL_CHECKS,
  checksAfterEdit,
  checksAfterLook,
  checksAfterSurprise,
  isCheckDue,
  NO_CHECKS,
  type Checks,
} from "./late-edit";
import { addCard, hasWrittenSince, isOld, isUnseenRequest, MARKS, mayPostNoMore, runMarks } from "./mark-due";
import { ASK_EVERY_MS, askPaused, isAskDue, pauseDestination } from "./pause";
import { mayShowLine, moveCard, shouldMove, wakeMovedCards } from "./move";
import { takeOver } from "./take-over";

/** Failed reads in a row after which the check is skipped until the next one is due. */
const READ_FAILURES_MAX = 5;
/** Added to a pause that Discord's headers ask for, since rounding on two clocks could make it too short. */
const REST_MARGIN_MS = 50;

/** How often an idle process makes sure that its webhook is the one in use, in milliseconds. */
const OPENED_FRESH_MS = 30_000;

/** The webhook that was last found in use, and when. */
const opened = processSingleton("cards.opened", () => ({ id: "", at: -Infinity }));

/**
 * Updates the cards in the team's channel from the database: makes the cards of a few changed threads due, or sends at
 * most one request for one due card. Any number of workers may call it; a lease lets one at a time send to a webhook.
 * Without a webhook it does nothing, and changed threads stay marked. `waitMs`: when the next card is due, if known.
 */
export async function cardStep(
  clock: Clock = "$$NOW",
  config: CardsConfig | null = cardsConfig(),
): Promise<StepResult> {
  if (!config) return { worked: false };
  const id = destinationId(config.webhook.id);
  const [mark, untilNextMs] = await Promise.all([firstDue(MARKS, clock), untilNextCard(id, clock)]);
  const isDue = untilNextMs !== null && untilNextMs <= 0;
  const idle = { worked: false, ...(untilNextMs === null ? {} : { waitMs: untilNextMs }) };
  const isFresh = opened.id === id && performance.now() - opened.at < OPENED_FRESH_MS;
  if (!mark && !isDue && isFresh) return idle;

  // Started here, so that slow database calls before a request count towards Discord's pauses.
  const startedMs = performance.now();
  const destinations = await openDestination(config, clock);
  if (!destinations) return { worked: false };
  const now = () => later(destinations.now, performance.now() - startedMs);
  const { own } = destinations;
  const client = createDiscordClient({ ...config, contactUrl: config.appUrl });
  const senderWith = (isHeld: () => boolean): Sender => {
    return { destinations, client, appUrl: config.appUrl, clock: now, isHeld };
  };
  if (isAskDue(destinations, now())) {
    const lease = await leasePaused(own._id, clock, ASK_EVERY_MS);
    if (lease) await withLease(lease, () => askPaused(senderWith(lease.isHeld)));
    return { worked: lease !== null };
  }
  const canSend = isOpen(destinations, now());
  if (mark && !(isDue && canSend && isOld(mark, now()))) {
    const marked = await runMarks(id, clock);
    if (marked.worked) return marked;
  }
  if (!canSend) return { worked: false };
  if (own.takenOverAt !== null) Object.assign(opened, { id, at: performance.now() });
  if (own.takenOverAt !== null && !isDue) return idle;

  const lease = await leaseDestination(own._id, clock);
  if (!lease) return { worked: false };
  return withLease(lease, async () => {
    const sender = senderWith(lease.isHeld);
    if (own.takenOverAt === null) return takeOver(sender);
    return runNextCard(destinations, clock, now(), (leased) => bringUpToDate(sender, leased));
  });
}

async function bringUpToDate(sender: Sender, leased: Leased<StoredCard>): Promise<void> {
  const card = afterTakeOver(leased.row);
  const thread = await EmailThread.findById(card.threadId)
    .read("primary")
    .readConcern("majority")
    .lean<StoredThread>();
  if (!thread) return void (await settleCard(leased, { state: "gone" }, { dueAt: null }, sender.clock()));

  if (card.state === "moved" && !(await mayShowLine(leased, thread, sender.clock()))) return;

  const payload = payloadOf(card, thread, sender.appUrl);
  const work: Work = { ...sender, leased, card, thread, payload, hash: hashOfCard(payload) };
  const { messageId } = card;
  if (messageId === null) return post(work);
  const isReadable = card.attempts <= READ_FAILURES_MAX;
  if (isReadable && (await shouldMove(card, thread, sender.clock()))) return move(work, messageId);
  return work.hash === card.syncedHash ? confirm(work, messageId) : edit(work, messageId);
}

function payloadOf(card: StoredCard, thread: StoredThread, appUrl: string | null): CardPayload {
  if (card.state === "moved") return renderMovedCard(thread._id.toHexString());
  return renderCard(toCardFacts(thread), {
    appUrl,
    withoutCustomerText: card.withoutCustomerText || Boolean(thread.emptiedAt),
  });
}

/** If the worker before never ended its lease, it may have sent an edit that lands at any time. */
function afterTakeOver(card: StoredCard): StoredCard {
  if (!card.formerLeaseId || card.messageId === null) return card;
  return { ...card, syncedHash: null, ...ALL_CHECKS };
}

type Work = Sender & {
  leased: Leased<StoredCard>;
  card: StoredCard;
  thread: StoredThread;
  payload: CardPayload;
  hash: string;
};

/** Whether this worker may still send. It may have slept since it leased the card and the destination. */
function maySend({ leased, isHeld: isDestinationHeld }: Work): boolean {
  return isHeld(leased) && isDestinationHeld();
}

/** Gives the card back, since nothing was sent and nothing may be sent any more. */
async function giveBack({ leased, clock }: Work, set: Partial<StoredCard> = {}): Promise<void> {
  await settleCard(leased, set, { dueAt: clock() }, clock());
}

/** The first post. Discord cannot be asked whether a post arrived, so it is stored before, and bounded in number. */
async function post(work: Work): Promise<void> {
  const { leased, card, thread, clock } = work;
  // Still "posting": an earlier worker lost the answer, or crashed.
  const uncertainPosts = card.uncertainPosts + (card.state === "posting" ? 1 : 0);
  if (mayPostNoMore(card, uncertainPosts)) {
    log.error({ card: card._id, uncertainPosts }, "discord card given up");
    await settleCard(leased, { ...GIVEN_UP_POSTING, uncertainPosts }, { dueAt: null }, clock());
    return;
  }
  if (!maySend(work)) return giveBack(work);
  await wakeMovedCards(card, clock());
  const syncedInboundAt = thread.lastInboundAt ?? null;
  const marker = { state: "posting" as const, postStartedAt: clock(), uncertainPosts, syncedInboundAt };
  if (!(await noteOnCard(leased, marker))) return;

  if (globalThis.CRASH_POINTS) crashPoint("cards.post-announced");
  if (!maySend(work)) return giveBack(work, { state: "new" });
  const outcome = await work.client.post(work.payload);
  if (globalThis.CRASH_POINTS) crashPoint("cards.posted");
  const at = clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "post", at);
  const { id, channelId } = outcome.value;
  await settleCard(
    leased,
    { ...shown(work, outcome.value, uncertainPosts), messageId: id, channelId, postedAt: at, ...NO_CHECKS },
    { shown: thread.revision ?? 0 },
    at,
  );
  await succeeded(work, outcome, at);
}

async function edit(work: Work, messageId: string): Promise<void> {
  const { leased, card, thread } = work;
  if (!maySend(work)) return giveBack(work);
  const outcome = await work.client.edit(messageId, work.payload);
  if (globalThis.CRASH_POINTS) crashPoint("cards.edited");
  const at = work.clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "edit", at);
  // An earlier edit of unknown outcome may still overwrite this one.
  const checks = checksAfterEdit(card, at);
  const set = { ...shown(work, outcome.value, card.uncertainPosts), ...checks };
  const when = { shown: thread.revision ?? 0, otherwise: checks.verifyAt ?? null };
  // Without the lease another worker may have sent a newer text, over which this one came.
  if (!(await settleCard(leased, set, when, at))) await doubtCard(card._id, at);
  await succeeded(work, outcome, at);
}

/**
 * Moves the card to the end of the channel. Only a customer's mail brings back a card that somebody deleted, so without
 * one Discord is asked first whether it is there.
 */
async function move(work: Work, messageId: string): Promise<void> {
  const { leased, card, thread, clock } = work;
  if (!maySend(work)) return giveBack(work);
  if (hasWrittenSince(thread, card)) return moveCard(leased, thread, clock());
  const outcome = await work.client.read(messageId);
  const at = clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "read", at);
  await moveCard(leased, thread, at);
  await succeeded(work, outcome, at);
}

/** The card is up to date: no request, unless a late edit may have overwritten it or somebody deleted it. */
async function confirm(work: Work, messageId: string): Promise<void> {
  const { leased, card, thread, clock } = work;
  const hasReason = isCheckDue(card, clock()) || hasWrittenSince(thread, card);
  if (!hasReason || card.attempts > READ_FAILURES_MAX) return atRest(work, clock());

  if (!maySend(work)) return giveBack(work);
  const outcome = await work.client.read(messageId);
  const at = clock();
  if (outcome.kind !== "ok") return failed(work, outcome, "read", at);
  if (sha256(outcome.value.content) === card.echoHash) await atRest(work, at);
  else await settleCard(leased, { syncedHash: null, ...checksAfterSurprise(card, at) }, { dueAt: at }, at);
  await succeeded(work, outcome, at);
}

/** The card is up to date until the next check or change. */
async function atRest({ leased, card, thread }: Work, at: Date): Promise<void> {
  const revision = thread.revision ?? 0;
  const checks: Checks = checksAfterLook(card, at);
  const set = {
    syncedRevision: revision,
    syncedInboundAt: thread.lastInboundAt ?? null,
    showsAttention: Boolean(thread.attention),
    attempts: 0,
    failingSince: null,
    lastError: doubtOf(card.uncertainPosts),
    ...checks,
  };
  await settleCard(leased, set, { shown: revision, otherwise: checks.verifyAt ?? null }, at);
}

function shown({ thread, hash }: Work, message: DiscordMessage, uncertainPosts: number): Partial<StoredCard> {
  return {
    state: "live",
    syncedRevision: thread.revision ?? 0,
    syncedHash: hash,
    syncedInboundAt: thread.lastInboundAt ?? null,
    showsAttention: Boolean(thread.attention),
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

async function failed(work: Work, first: Failure, request: Request, failedAt: Date): Promise<void> {
  const { destinations, leased, card, thread } = work;
  log.warn({ card: card._id, request, ...first }, "discord request failed");
  const { failure, at } = await confirmed(work, first, request, failedAt);
  if (failure.kind === "rate_limited" || failure.kind === "blocked")
    countRateLimit(failure.kind === "blocked" ? "machine" : failure.scope);
  const consequence = consequenceOf(failure, request, card, at);
  const isMissed = hasWrittenSince(thread, card) || isUnseenRequest(thread, card);
  if (consequence.set.state === "gone" && isMissed) {
    await addCard(thread, destinations.own._id, card.gen + 1, at);
  }
  if (consequence.destination) await restrict(destinations, consequence.destination, at);
  const isRecorded = await settleCard(leased, consequence.set, { dueAt: consequence.dueAt }, at);
  if (!isRecorded && request === "edit") await doubtCard(card._id, at);
}

/** The failure that counts, and when it was known: Discord is asked before a refusal pauses the webhook. */
async function confirmed(
  work: Work,
  failure: Failure,
  request: Request,
  at: Date,
): Promise<{ failure: CardFailure; at: Date }> {
  const { card } = work;
  if (!isToBeConfirmed(failure, request, card)) return { failure, at };
  if (!maySend(work)) return { failure: { kind: "not_confirmed", isKnown: false }, at };
  const answer = await confirmRefusal(work.client);
  log.warn({ card: card._id, ...answer }, "discord asked about a refusal");
  return { failure: answer, at: work.clock() };
}

async function restrict(
  destinations: Destinations,
  restriction: NonNullable<Consequence["destination"]>,
  at: Date,
): Promise<void> {
  const { own } = destinations;
  const id = own._id;
  switch (restriction.kind) {
    case "paused":
      return pauseDestination(own, restriction.reason, at);
    case "machine_blocked":
      return blockMachine(destinations, at);
    case "blocked":
      if (restriction.scope === "old_edits") return blockOldEdits(id, restriction.until);
      return blockDestination(id, restriction.until, restriction.scope === "global");
  }
}
