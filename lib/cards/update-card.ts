import "server-only";
import type { DiscordMessage } from "@/lib/discord/client";
import { renderCard, renderMovedCard, type CardPayload } from "@/lib/discord/render";
import { sha256 } from "@/lib/hash";
import { log } from "@/lib/log";
import { crashPoint } from "@/lib/process/crash-point";
import type { Leased } from "@/lib/store/queue/queue";
import type { StoredCard } from "@/models/CardModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { doubtCard, noteOnCard, settleCard } from "./card-lease";
import { failed, giveBack, maySend, succeeded, type Work } from "./card-work";
import { GIVEN_UP_POSTING } from "./consequence";
import type { Sender } from "./destination";
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
import { hasWrittenSince, mayPostNoMore } from "./mark-due";
import { mayShowLine, moveCard, shouldMove, wakeMovedCards } from "./move";

/** Failed reads in a row after which the check is skipped until the next one is due. */
const READ_FAILURES_MAX = 5;

/** Reads the card's ticket and sends the one request that the card needs, if any. */
export async function bringUpToDate(sender: Sender, leased: Leased<StoredCard>): Promise<void> {
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
