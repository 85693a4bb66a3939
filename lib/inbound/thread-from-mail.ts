import "server-only";
import type { ClientSession, Types } from "mongoose";
import { trusted } from "@/lib/store/db";
import { ThreadId } from "@/lib/api/contracts";
import { changeThread, literal, NOBODY } from "@/lib/tickets/transition";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { cleanLine, cutToLength } from "@/lib/mail/clean-text";
import { firstThreadId, senderOf, threadIdOf, type Filing } from "./filing";
import type { ParsedMail } from "@/lib/mail/parse";
import { toAddress } from "@/lib/mail/address";

const EXCERPT_MAX = 200;

/** Thrown if the thread's customer has been erased since the mail was matched to it: the mail needs another thread. */
export class ThreadClosedError extends Error {
  constructor() {
    super("The thread takes no more mails.");
    this.name = "ThreadClosedError";
  }
}

/** Inserts the thread that a mail starts. */
export async function insertThread(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, messageId } = filing;
  const now = row.leasedAt; // this process's own clock may be wrong, and the card would wait for it
  await EmailThread.create(
    [
      {
        _id: firstThreadId(row._id),
        inbox: row.inbox,
        ...senderOf(filing),
        to: recipientOf(filing),
        subject: mail.head.subject,
        status: "open",
        receivedAt: row.receivedAt,
        lastMessageAt: row.receivedAt,
        lastInboundAt: row.receivedAt,
        lastMessageId: filing.automatic ? null : messageId,
        excerpt: excerptOf(mail),
        messageCount: 1,
        revision: 1,
        history: [{ op: messageId, kind: "received", at: now, revision: 1, by: null, messageId }],
        cardsDueAt: now,
        eventsDueAt: now,
      },
    ],
    { session },
  );
}

/**
 * Changes the thread that a mail joins. A customer's mail reopens a waiting or resolved ticket, and unassigns it if the
 * assignee left the team. A mail from the desk's own address only counts as a newer message; an automatic mail is only
 * counted.
 */
export async function extendThread(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, messageId } = filing;
  const id = threadIdOf(filing);
  if (filing.automatic) {
    // Silent: no history line, no card update, no reopening, and no reply held.
    const joined = { _id: id, emptiedAt: null };
    const counted = await EmailThread.updateOne(joined, { $inc: { messageCount: 1 } }, { session });
    if (counted.matchedCount === 0) throw new ThreadClosedError();
    return;
  }
  const isFromCustomer = !filing.desk.isOwn(senderOf(filing).from);
  const formerMember = isFromCustomer ? await findFormerAssignee(id, session) : null;
  const changed = await changeThread({
    threadId: ThreadId.parse(id.toHexString()),
    op: messageId,
    where: { emptiedAt: null, ...(formerMember ? { assignedTo: formerMember } : {}) },
    set: {
      messageCount: { $add: [{ $ifNull: ["$messageCount", 0] }, 1] },
      lastMessageAt: { $max: ["$lastMessageAt", literal(row.receivedAt)] },
      lastMessageId: literal(messageId),
      ...(isFromCustomer ? reopened(row.receivedAt, excerptOf(mail)) : {}),
      ...(formerMember ? NOBODY : {}),
    },
    line: {
      kind: isFromCustomer ? "customer_replied" : "received",
      by: null,
      details: {
        messageId: literal(messageId),
        ...(isFromCustomer ? STATUS_CHANGE : {}),
        ...(formerMember ? { assignee: ASSIGNEE_BEFORE } : {}),
      },
    },
    session,
  });
  if (!changed) throw new ThreadClosedError();
}

const STATUS_BEFORE = { $ifNull: ["$status", "open"] };
const REOPENS = { $in: [STATUS_BEFORE, ["waiting", "resolved"]] };
const STATUS_CHANGE = {
  statusFrom: { $cond: [REOPENS, STATUS_BEFORE, null] },
  statusTo: { $cond: [REOPENS, "open", null] },
};
const ASSIGNEE_BEFORE = { id: "$assignedTo", email: "$assignedToEmail", name: "$assignedToName" };

function reopened(at: Date, excerpt: string) {
  return {
    status: { $cond: [REOPENS, "open", STATUS_BEFORE] },
    resolvedAt: { $cond: [REOPENS, null, { $ifNull: ["$resolvedAt", null] }] },
    lastInboundAt: { $max: ["$lastInboundAt", literal(at)] },
    excerpt: literal(excerpt),
  };
}

/** The assignee if they left the team, since nobody would see the customer's mail; else null. */
async function findFormerAssignee(threadId: Types.ObjectId, session: ClientSession): Promise<string | null> {
  const thread = await EmailThread.findById(threadId).select("assignedTo").session(session).lean();
  if (!thread?.assignedTo) return null;
  const former = await Member.exists({ _id: thread.assignedTo, removedAt: trusted({ $ne: null }) }).session(
    session,
  );
  return former ? thread.assignedTo : null;
}

/** The desk's own address; if none is configured, the address that the mail was sent to. */
function recipientOf({ row, mail, desk }: Filing): string {
  const named = [...mail.head.to, ...mail.head.cc].map(({ address }) => address);
  const all = [...named, ...row.envelopeTo.map(toAddress)].filter((address) => address !== "");
  return all.find((address) => desk.isOwn(address)) ?? desk.today ?? all[0] ?? desk.key;
}

/** One line for lists and cards: the mail's text, else its parse problem, else the names of its files. */
function excerptOf({ visibleText, parseProblem, attachments }: ParsedMail): string {
  const words = cleanLine(visibleText.slice(0, 4 * EXCERPT_MAX), 4 * EXCERPT_MAX);
  const line = words || parseProblem || attachments.map((attachment) => attachment.filename).join(", ");
  return line.length <= EXCERPT_MAX ? line : `${cutToLength(line, EXCERPT_MAX - 1)}…`;
}
