import "server-only";
import type { QueryFilter } from "mongoose";
import { inTransaction } from "@/lib/store/db";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { ThreadId, type ContentId } from "@/lib/api/contracts";
import { toAssignment } from "@/lib/tickets/present";
import type { TicketFailure } from "@/lib/api/refusals";
import type { DeliveryAction, DeliveryState, TeamMember } from "@/lib/api/vocabulary";
import {
  changeThread,
  findStoredThread,
  lineOf,
  literal,
  newOperation,
  type Expression,
} from "@/lib/tickets/transition";

export type SettleFailure = Extract<
  TicketFailure,
  { reason: "not_found" | "already_claimed" | "changed_meanwhile" | "delivery_settled" }
>;
export type SettledDelivery = { messageId: string; state: DeliveryState };

type Filter = QueryFilter<StoredMessage>;
type Step = {
  from: Filter;
  to: (now: Date) => Partial<StoredMessage>;
  /** What the ticket learns from it besides. */
  thread?: Record<string, Expression>;
};

/** Where each action starts, and what becomes of the row. Attempts stay counted. */
const STEPS: Record<DeliveryAction, Step> = {
  retry: { from: { state: "failed" }, to: queued },
  send_again: { from: { state: "unconfirmed" }, to: queued },
  mark_sent: {
    from: { state: "unconfirmed" },
    to: (now) => ({ state: "sent", sentAt: now, dueAt: null, leaseId: null, lastError: null }),
    thread: { firstRepliedAt: { $ifNull: ["$firstRepliedAt", "$$NOW"] } },
  },
  // Not handed to the mail server even once: what has been tried may be on its way.
  undo: {
    from: { state: "queued", attempts: 0 },
    to: () => ({ state: "cancelled", dueAt: null, lastError: null }),
  },
};

function queued(now: Date): Partial<StoredMessage> {
  return { state: "queued", dueAt: now, leaseId: null, leaseUntil: null, lastError: null };
}

/**
 * Carries out what the ticket's holder decided about a reply: try a refused one again, send an unconfirmed one again
 * or mark it as sent, take back one that has not been tried yet. Of two simultaneous decisions one counts; the other
 * learns the state it left. Safe to repeat with the same `op`.
 */
export async function settleDelivery(
  messageId: ContentId,
  action: DeliveryAction,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<SettledDelivery, SettleFailure>> {
  return settleOutcome(async () => {
    for (;;) {
      const settled = await settleAsHolder(messageId, action, member, op);
      if (settled) {
        nudgeFollowers();
        return ok(settled);
      }
      const outcome = await explainUnsettled(messageId, action, member, op);
      if (outcome) return outcome;
    }
  });
}

async function settleAsHolder(
  messageId: ContentId,
  action: DeliveryAction,
  member: TeamMember,
  op: string,
): Promise<SettledDelivery | null> {
  const step = STEPS[action];
  const from = { _id: messageId, ...step.from } as Filter;
  return inTransaction(async (session) => {
    const message = await EmailMessage.findOne(from, { threadId: 1 }, { session }).lean<StoredMessage>();
    if (!message) return null;
    const thread = await changeThread({
      threadId: ThreadId.parse(message.threadId.toHexString()),
      op,
      where: { assignedTo: member.id, mergedInto: null },
      set: step.thread ?? {},
      line: {
        kind: "delivery_settled",
        by: member,
        details: { messageId: literal(messageId), action: literal(action) },
      },
      session,
    });
    if (!thread) return null;
    // Matches what was read above: whoever changes the row meanwhile makes this transaction start over.
    const change = { $set: step.to(new Date()) };
    const settled = await EmailMessage.findOneAndUpdate(from, change, { session, returnDocument: "after" })
      .orFail()
      .lean<StoredMessage>();
    return { messageId, state: settled.state ?? "queued" };
  });
}

/** Why nothing was settled, or null where it changed again in between and should be tried again. */
async function explainUnsettled(
  messageId: ContentId,
  action: DeliveryAction,
  member: TeamMember,
  op: string,
): Promise<Result<SettledDelivery, SettleFailure> | null> {
  const message = await EmailMessage.findById(messageId).readConcern("majority").lean<StoredMessage>();
  const thread = message?.state && (await findStoredThread(ThreadId.parse(message.threadId.toHexString())));
  if (!message?.state || !thread || thread.mergedInto) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok({ messageId, state: message.state });

  const holder = toAssignment(thread);
  if (!holder) return fail({ reason: "changed_meanwhile" });
  if (holder.assignedTo !== member.id) return fail({ reason: "already_claimed", ...holder });

  const isOpen = await EmailMessage.exists({
    _id: messageId,
    ...STEPS[action].from,
  } as Filter);
  return isOpen ? null : fail({ reason: "delivery_settled", state: message.state });
}
