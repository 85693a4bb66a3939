import "server-only";
import { cardsConfig, type CardsConfig } from "./config";
import { destinationStatus } from "./status";
import { trusted } from "@/lib/store/db";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { findNewestCard, summariseCard } from "@/lib/tickets/card-summary";
import type { CardResponse, ThreadId } from "@/lib/api/contracts";
import type { TicketFailure } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { changeThread, findStoredThread, lineOf, newOperation } from "@/lib/tickets/transition";

export type RequestCardFailure = Extract<
  TicketFailure,
  { reason: "not_found" | "cards_off" | "cards_paused" }
>;
type Answer = CardResponse["card"];
type Options = { op?: string; config?: CardsConfig | null; now?: Date };

/**
 * Asks for the card of a ticket that was deleted in the channel, given up, or never made; nothing where it is up to
 * date or about to be. However many ask about the same state of the card, one asks: the others learn that it is
 * pending, and there is at most one new card. Safe to repeat with the same `op`.
 */
export async function requestCard(
  threadId: ThreadId,
  member: TeamMember,
  { op = newOperation(), config = cardsConfig(), now = new Date() }: Options = {},
): Promise<Result<Answer, RequestCardFailure>> {
  return settleOutcome(async () => {
    for (;;) {
      const outcome = await attemptRequest(threadId, member, op, () => destinationStatus(now, config));
      if (outcome) return outcome;
    }
  });
}

/** Null where somebody was first, and what the card is now should be looked at again. */
async function attemptRequest(
  threadId: ThreadId,
  member: TeamMember,
  op: string,
  readCards: () => ReturnType<typeof destinationStatus>,
): Promise<Result<Answer, RequestCardFailure> | null> {
  const thread = await findStoredThread(threadId);
  if (!thread || thread.mergedInto) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok("requested");

  const cards = await readCards();
  if (cards.state === "off") return fail({ reason: "cards_off" });
  if (cards.state === "paused") return fail({ reason: "cards_paused", detail: cards.message });

  const card = await findNewestCard(thread._id);
  if (!card && thread.cardsDueAt) return ok("pending");
  const state = card && summariseCard(thread, card).state;
  if (state === "pending" || state === "synced") return ok(state);

  const asked = await changeThread({
    threadId,
    op,
    // Nobody has asked since the card came into the state that was just read: of several, one gets through.
    where: { mergedInto: null, cardRequestRevision: trusted({ $not: { $gt: card?.wantedRevision ?? -1 } }) },
    set: { cardRequestRevision: { $add: [{ $ifNull: ["$revision", 0] }, 1] } },
    line: { kind: "card_requested", by: member },
  });
  if (!asked) return null;
  nudgeFollowers();
  return ok("requested");
}
