import "server-only";
import type { ClientSession, QueryFilter, UpdateQuery } from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { inTransaction, trusted } from "@/lib/store/db";
import { fail, ok, type Result } from "@/lib/result";
import { fileNotice, settledByMember, settledBySending } from "@/lib/tickets/attention-change";
import { decide } from "@/lib/tickets/decide";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { ThreadId, type ContentId } from "@/lib/api/contracts";
import { claimedByOther, toAssignment } from "@/lib/tickets/present";
import type { FailureOf } from "@/lib/api/refusals";
import type { DeliveryAction, DeliveryState, TeamMember } from "@/lib/api/vocabulary";
import { notDelivered } from "./recipients-left";
import { TOLD_FIELDS, tellThread } from "./tell-thread";
import {
  changeThread,
  findStoredThread,
  lineOf,
  literal,
  newOperation,
  type Expression,
} from "@/lib/tickets/transition";

type SettleFailure = FailureOf<"not_found" | "already_claimed" | "changed_meanwhile" | "delivery_settled">;
type SettledDelivery = { messageId: string; state: DeliveryState };

type Filter = QueryFilter<StoredMessage>;
type Step = {
  from: Filter;
  /** Expressions of the row afterwards. */
  to: (before: StoredMessage) => Record<string, Expression>;
};

const STATE_FIELDS = { ...TOLD_FIELDS, threadDueAt: 1 };
const NOT_DUE = { dueAt: null, dueSince: null, leaseId: null, lastError: null };
/** Goes out again, to everybody for whom the mail server has not taken it; those once refused get another chance. */
const again = () => ({
  ...NOT_DUE,
  state: "queued",
  dueAt: "$$NOW",
  failures: 0,
  failingSince: null,
  delayedAt: null,
  cameBack: false,
  heldBy: null,
  heldSince: null,
  undelivered: [],
});

/** For each action the states it starts from and the row afterwards. The number of attempts stays. */
const STEPS: Record<DeliveryAction, Step> = {
  retry: { from: { state: "failed" }, to: again },
  send_again: { from: { state: trusted({ $in: ["unconfirmed", "came_back"] }) } as Filter, to: again },
  mark_sent: {
    from: { state: "unconfirmed" },
    to: ({ undelivered = [] }) => ({
      ...NOT_DUE,
      state: "sent",
      sentAt: "$$NOW",
      lastError: literal(notDelivered(undelivered)),
    }),
  },
  // Only before the first attempt: a reply that was attempted may be on its way. Then it lets later replies go.
  undo: {
    from: { state: "queued", attempts: 0 },
    to: () => ({ ...NOT_DUE, state: "cancelled", threadDueAt: "$$NOW" }),
  },
};

/**
 * Carries out the assignee's decision about a reply: retry a failed one, send an unconfirmed one or one that came back
 * again, mark an unconfirmed one as sent, undo one that was not attempted yet. Marked as sent, or sent again after it came
 * back, it takes its own attention away; undone, the ticket needs a look, since the customer waits again. Of two
 * simultaneous decisions one counts; the other learns the state that the first one left. Safe to repeat with the same `op`.
 */
export async function settleDelivery(
  messageId: ContentId,
  action: DeliveryAction,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<SettledDelivery, SettleFailure>> {
  return decide(
    () => settleAsAssignee(messageId, action, member, op),
    () => explainUnsettled(messageId, action, member, op),
    ["deliver", "cards", "events"],
  );
}

async function settleAsAssignee(
  messageId: ContentId,
  action: DeliveryAction,
  member: TeamMember,
  op: string,
): Promise<SettledDelivery | null> {
  const step = STEPS[action];
  const from = { _id: messageId, ...step.from } as Filter;
  const settled = await inTransaction(async (session) => {
    const message = await EmailMessage.findOne(from, STATE_FIELDS, { session }).lean<StoredMessage>();
    if (!message) return null;
    // Before this decision in the thread's history, if no follower was there yet.
    if (message.threadDueAt) await tellThread(message, session);
    if (!(await changeItsThread(message, action, { member, op, session }))) return null;
    // Still as read above: a concurrent change of the row makes this transaction start over.
    const change = [{ $set: step.to(message) }] as unknown as UpdateQuery<StoredMessage>;
    const options = { session, returnDocument: "after", updatePipeline: true } as const;
    const row = await EmailMessage.findOneAndUpdate(from, change, options).orFail().lean<StoredMessage>();
    if (globalThis.CRASH_POINTS) crashPoint("settle.before-commit");
    return { messageId, state: row.state ?? "queued" };
  });
  if (globalThis.CRASH_POINTS) crashPoint("settle.committed");
  return settled;
}

type Acting = { member: TeamMember; op: string; session: ClientSession };

/** False if the rule does not match. */
async function changeItsThread(
  message: StoredMessage,
  action: DeliveryAction,
  { member, op, session }: Acting,
): Promise<boolean> {
  const where = { assignedTo: member.id, mergedInto: null };
  const line = { kind: "delivery_settled" as const, by: member, details: { action: literal(action) } };
  if (action === "undo") return fileNotice(message, { kind: "undone" }, { op, line, where, session });
  const changed = await changeThread({
    threadId: ThreadId.parse(message.threadId.toHexString()),
    op,
    where,
    set: await settledFields(message, action, session),
    line: { ...line, details: { ...line.details, messageId: literal(message._id) } },
    session,
  });
  return changed !== null;
}

async function settledFields(
  message: StoredMessage,
  action: DeliveryAction,
  session: ClientSession,
): Promise<Record<string, Expression>> {
  const { _id, threadId, state } = message;
  const isBack = state === "came_back"; // it is sent again, the one thing to do with it
  if (!isBack && action !== "mark_sent") return {};
  const thread = await EmailThread.findById(threadId, null, { session }).lean<StoredThread>();
  if (isBack) return (thread && settledByMember(thread, _id)) ?? {};
  return {
    ...(thread && (await settledBySending(thread, message, session))),
    firstRepliedAt: { $ifNull: ["$firstRepliedAt", "$$NOW"] },
  };
}

/** Why nothing was settled; null if it changed again and could be settled by now. */
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

  if (!toAssignment(thread)) return fail({ reason: "changed_meanwhile", assignedTo: null });
  const taken = claimedByOther(thread, member);
  if (taken) return taken;

  const isOpen = await EmailMessage.exists({ _id: messageId, ...STEPS[action].from } as Filter);
  return isOpen ? null : fail({ reason: "delivery_settled", state: message.state });
}
