import "server-only";
import type { Outcome } from "@/lib/discord/client";
import type { Failure } from "@/lib/discord/failure";
import type { CardPayload } from "@/lib/discord/render";
import { log } from "@/lib/log";
import { countRateLimit } from "@/lib/metrics";
import { isHeld } from "@/lib/store/queue/lease";
import type { Leased } from "@/lib/store/queue/queue";
import type { StoredCard } from "@/models/CardModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { doubtCard, hurryWaitingCards, settleCard } from "./card-lease";
import { confirmRefusal, isToBeConfirmed } from "./confirm-refusal";
import { consequenceOf, later, type CardFailure, type Consequence, type Request } from "./consequence";
import {
  blockDestination,
  blockMachine,
  blockOldEdits,
  forgetBlocks,
  type Destinations,
  type Sender,
} from "./destination";
import { addCard, hasWrittenSince, isUnseenRequest } from "./mark-due";
import { pauseDestination } from "./pause";

/** Added to a pause that Discord's headers ask for, since rounding on two clocks could make it too short. */
const REST_MARGIN_MS = 50;

/** One leased card, its ticket as it is now, and the message that it should be. */
export type Work = Sender & {
  leased: Leased<StoredCard>;
  card: StoredCard;
  thread: StoredThread;
  payload: CardPayload;
  hash: string;
};

/** Whether this worker may still send. It may have slept since it leased the card and the destination. */
export function maySend({ leased, isHeld: isDestinationHeld }: Work): boolean {
  return isHeld(leased) && isDestinationHeld();
}

/** Gives the card back, since nothing was sent and nothing may be sent any more. */
export async function giveBack({ leased, clock }: Work, set: Partial<StoredCard> = {}): Promise<void> {
  await settleCard(leased, set, { dueAt: clock() }, clock());
}

/** Takes the waits that Discord asks for, and hurries the cards that waited for it to answer again. */
export async function succeeded(
  { destinations, card }: Work,
  outcome: Outcome<unknown>,
  at: Date,
): Promise<void> {
  const { own, all } = destinations;
  if (outcome.kind === "ok" && outcome.waitMs > 0) {
    await blockDestination(own._id, later(at, outcome.waitMs + REST_MARGIN_MS), false);
  }
  if (all.blocks > 0) await forgetBlocks();
  if (card.attempts > 0) await hurryWaitingCards(own._id, at);
}

/** Records what a failed request means for the card and for the webhook. */
export async function failed(work: Work, first: Failure, request: Request, failedAt: Date): Promise<void> {
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
