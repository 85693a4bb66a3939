import "server-only";
import type { CardResponse, ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import { findNewestCard, summariseCard } from "@/lib/tickets/card-summary";
import { decide } from "@/lib/tickets/decide";
import {
  changeThread,
  findStoredThread,
  lineOf,
  newOperation,
  NEXT_REVISION,
} from "@/lib/tickets/transition";
import { cardsConfig, type CardsConfig } from "./config";
import { destinationStatus } from "./status";

type RequestCardFailure = FailureOf<"not_found" | "cards_off" | "cards_paused" | "changed_meanwhile">;
type Answer = CardResponse["card"];
type Options = { op?: string; config?: CardsConfig | null; clock?: Clock };

/**
 * Asks for the card of a ticket that was deleted in the channel, given up, or never made; does nothing for a card that
 * is up to date or about to be. Of any number of calls about the same state of the card, one asks: the others learn
 * that it is pending, and there is at most one new card. Safe to repeat with the same `op`.
 */
export async function requestCard(
  threadId: ThreadId,
  member: TeamMember,
  { op = newOperation(), config = cardsConfig(), clock = "$$NOW" }: Options = {},
): Promise<Result<Answer, RequestCardFailure>> {
  const look = () => lookAtCard(threadId, op, () => destinationStatus(clock, config));
  return decide(
    async () => {
      const seen = await look();
      if ("outcome" in seen) return null;
      const requested = await changeThread({
        threadId,
        op,
        // Nobody has asked since the card came into the state that was just read: of several calls, one matches.
        where: { mergedInto: null, cardRequestRevision: trusted({ $not: { $gt: seen.wantedRevision } }) },
        set: { cardRequestRevision: NEXT_REVISION },
        line: { kind: "card_requested", by: member },
      });
      return requested && "requested";
    },
    async () => {
      const seen = await look();
      return "outcome" in seen ? seen.outcome : null;
    },
  );
}

/** Why there is nothing to ask for, or the revision that the card to ask for was last told to show (-1: none). */
async function lookAtCard(
  threadId: ThreadId,
  op: string,
  readDestination: () => ReturnType<typeof destinationStatus>,
): Promise<{ outcome: Result<Answer, RequestCardFailure> } | { wantedRevision: number }> {
  const thread = await findStoredThread(threadId);
  if (!thread || thread.mergedInto) return { outcome: fail({ reason: "not_found" }) };
  if (lineOf(thread, op)) return { outcome: ok("requested") };

  const destination = await readDestination();
  if (destination.state === "off") return { outcome: fail({ reason: "cards_off" }) };
  if (destination.state === "paused") {
    return { outcome: fail({ reason: "cards_paused", detail: destination.message }) };
  }

  const card = await findNewestCard(thread._id);
  if (!card) return thread.cardsDueAt ? { outcome: ok("pending") } : { wantedRevision: -1 };
  const { state } = summariseCard(thread, card);
  if (state === "pending" || state === "synced") return { outcome: ok(state) };
  return { wantedRevision: card.wantedRevision };
}
