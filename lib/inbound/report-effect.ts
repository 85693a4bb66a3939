import "server-only";
import type { ClientSession, QueryFilter } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { DeliveryState, Notice } from "@/lib/api/vocabulary";
import { withoutDelay } from "@/lib/conversation/attention";
import { addressKey } from "@/lib/mail/address";
import type { DeliveryReport } from "@/lib/mail/parsed-mail";
import { attentionSet, raised, REOPENING, waitsSince } from "@/lib/tickets/attention-change";
import { releaseFormer } from "@/lib/tickets/former-assignee";
import { changeThread, literal, ONE_MORE_MESSAGE } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { ThreadClosedError, type Filing } from "./filing";

type Change = { kind: Notice["kind"]; set: Partial<StoredMessage> };

/** The notice that a delivery report's message carries; null if the mail is no report about a reply of ours. */
export function noticeOf({ mail, reported }: Pick<Filing, "mail" | "reported">): Notice | null {
  const { report } = mail;
  if (!report || !reported || report.outcome === "delivered") return null;
  const { cause, detail, outcome } = report;
  const keys = new Set([...reported.reply.to, ...reported.reply.cc].map(addressKey));
  const own = report.recipients.filter(({ address }) => keys.has(addressKey(address)));
  // Mail that is forwarded comes back from an address that it was not written to.
  const recipients = own.length > 0 ? own : report.recipients;
  const kind = outcome === "delayed" ? "delayed" : "came_back";
  return { kind, replyId: reported.reply._id, cause, recipients, detail, isProven: reported.isProven };
}

/**
 * Lets a delivery report change the reply that it is about, and its ticket, which needs a look from then on. In the session's
 * transaction. False, with nothing changed, if the report is not proven, tells nothing new, or the reply never went out.
 */
export async function applyReport(
  filing: Filing,
  thread: StoredThread,
  session: ClientSession,
): Promise<boolean> {
  const { mail, reported, messageId, row } = filing;
  if (!mail.report || !reported?.isProven) return false;
  if (mail.report.outcome === "delivered") return endDelay(filing, reported.reply._id, thread, session);
  const reply = await EmailMessage.findById(reported.reply._id, null, { session }).lean<StoredMessage>();
  const change = reply && changeOf(reply, mail.report);
  if (!reply || !change) return false;
  const { kind, set } = change;
  if (Object.keys(set).length > 0) {
    const same = { _id: reply._id, state: reply.state } as QueryFilter<StoredMessage>;
    await EmailMessage.updateOne(same, { $set: set }, { session }).orFail();
  }
  const { cause } = mail.report;
  const attention = { kind, at: row.receivedAt, messageId, replyId: reply._id, cause, isReported: true };
  const release = await releaseFormer(thread, session);
  const since = kind === "came_back" ? await waitsSince(reply, session) : null;
  const changed = await changeThread({
    threadId: ThreadId.parse(thread._id.toHexString()),
    op: messageId,
    where: { emptiedAt: null, ...release.where },
    set: {
      ...raised(thread, attention, since),
      ...release.set,
      messageCount: ONE_MORE_MESSAGE,
      lastMessageAt: { $max: ["$lastMessageAt", literal(row.receivedAt)] },
    },
    line: {
      kind: kind === "delayed" ? "delayed" : "came_back",
      by: null,
      way: "mail",
      details: { ...REOPENING, ...release.details, messageId: literal(reply._id) },
    },
    session,
  });
  if (!changed) throw new ThreadClosedError();
  return true;
}

/** The reply has arrived, so nobody has to look at its delay any more. False if nobody had to. */
async function endDelay(
  { messageId }: Filing,
  replyId: string,
  thread: StoredThread,
  session: ClientSession,
): Promise<boolean> {
  const fields = withoutDelay(thread, replyId);
  if (!fields) return false;
  const changed = await changeThread({
    threadId: ThreadId.parse(thread._id.toHexString()),
    op: messageId,
    where: { emptiedAt: null },
    set: { ...attentionSet(fields), messageCount: ONE_MORE_MESSAGE },
    line: { kind: "delivery_settled", by: null, way: "mail", details: { messageId: literal(replyId) } },
    session,
  });
  if (!changed) throw new ThreadClosedError();
  return true;
}

/** States of a reply that may be on its way, or arrived. */
const GONE_OUT: DeliveryState[] = ["queued", "sending", "sent", "unconfirmed", "came_back"];

/**
 * The kind of attention, and the fields of the reply, after a report; null if it changes nothing. A reply came back once
 * nobody in To has it, or if the report names nobody of its recipients: mail that is forwarded comes back from elsewhere.
 */
function changeOf(reply: StoredMessage, report: DeliveryReport): Change | null {
  const { state, attempts, to, cc, undelivered = [], takenFor = [] } = reply;
  if (!state || !GONE_OUT.includes(state) || (state === "queued" && attempts === 0)) return null;
  if (report.outcome === "delayed") return state === "came_back" ? null : { kind: "delayed", set: {} };

  const reportedKeys = new Set(report.recipients.map(({ address }) => addressKey(address)));
  const named = [...to, ...cc].filter((address) => reportedKeys.has(addressKey(address)));
  const known = new Set(undelivered.map(({ address }) => addressKey(address)));
  const missing = (named.length > 0 ? named : [...to, ...cc]).filter((one) => !known.has(addressKey(one)));
  if (missing.length === 0) return null;

  const all = [...undelivered, ...missing.map((address) => missed(address, report))];
  const keys = new Set(all.map(({ address }) => addressKey(address)));
  const taken = (takenFor.length > 0 ? takenFor : [...to, ...cc]).filter((one) => !keys.has(addressKey(one)));
  const isWhole = to.every((address) => keys.has(addressKey(address)));
  // The attempt under way writes its own outcome over the rest.
  const isUnderWay = state === "queued" || state === "sending";
  if (isUnderWay) return { kind: "came_back", set: isWhole ? { cameBack: true } : {} };
  const set = { undelivered: all, takenFor: taken };
  if (!isWhole) return { kind: "came_back", set };
  return { kind: "came_back", set: { ...set, state: "came_back", lastError: null } };
}

function missed(address: string, { recipients, detail }: DeliveryReport) {
  const own = recipients.find((one) => addressKey(one.address) === addressKey(address));
  const said = own?.detail ? own.detail : detail;
  return { address, detail: "The reply came back from this address.", said, cameBack: true };
}
