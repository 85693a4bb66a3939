import "server-only";
import type { ClientSession } from "mongoose";
import { customerMail } from "@/lib/conversation/attention";
import { addressedBy, openConversation } from "@/lib/conversation/joining";
import { fieldsOf } from "@/lib/conversation/people";
import { toAddress } from "@/lib/mail/address";
import { cleanLine, cutToLength } from "@/lib/mail/clean-text";
import type { ParsedMail } from "@/lib/mail/parse";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { firstThreadId, type Filing } from "./filing";

const EXCERPT_MAX = 200;

/** Inserts the thread that a mail starts. It belongs to the colleague who wrote it, if one wrote to somebody outside. */
export async function insertThread(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, messageId, desk, sending } = filing;
  const now = row.leasedAt; // this process's own clock may be wrong, and the card would wait for it
  const to = recipientOf(filing);
  const claim = claimOf(filing, now);
  await EmailThread.create(
    [
      {
        _id: firstThreadId(row._id),
        inbox: desk.ownAddress(to) ?? row.inbox,
        ...fieldsOf(openConversation(sending.arrival, desk)),
        to,
        subject: mail.head.subject,
        status: "open",
        receivedAt: row.receivedAt,
        lastMessageAt: row.receivedAt,
        lastInboundAt: row.receivedAt,
        lastMessageId: filing.automatic ? null : messageId,
        excerpt: excerptOf(mail),
        messageCount: 1,
        ...(claim ? claim.fields : needing(filing)),
        revision: claim ? 2 : 1,
        history: [
          { op: messageId, kind: "received", at: now, revision: 1, by: null, way: "mail", messageId },
          ...(claim ? [claim.line] : []),
        ],
        cardsDueAt: now,
        eventsDueAt: now,
      },
    ],
    { session },
  );
}

/** Somebody has to answer; an automatic mail waits as well, but calls for nobody. */
function needing({ automatic, messageId, row, mail }: Filing): Partial<StoredThread> {
  if (mail.report) return { waitingSince: null }; // no customer wrote it
  const attention = customerMail(messageId, row.receivedAt);
  const open = automatic ? {} : { attention, openAttention: [attention] };
  return { waitingSince: row.receivedAt, ...open };
}

type Claim = { fields: Partial<StoredThread>; line: StoredHistoryLine };

function claimOf({ messageId, sending, desk }: Filing, at: Date): Claim | null {
  const { colleague, arrival } = sending;
  if (!colleague || addressedBy(arrival, desk).length === 0) return null;
  const { id, email, name } = colleague;
  const person = { id, email, name };
  return {
    fields: {
      assignedTo: id,
      assignedToEmail: email,
      assignedToName: name,
      claimedAt: at,
      firstClaimedAt: at,
      firstRepliedAt: at,
      waitingSince: null,
    },
    line: {
      op: `${messageId}:claim`,
      kind: "claimed",
      at,
      revision: 2,
      by: person,
      way: "mail",
      assignee: person,
      claimedAt: at,
      sawMessageId: messageId,
    },
  };
}

/** The desk's address that the mail was sent to; if it names none, today's, or the first that it was sent to. */
function recipientOf({ row, mail, desk }: Filing): string {
  const named = [...mail.head.to, ...mail.head.cc].map(({ address }) => address);
  const all = [...named, ...row.envelopeTo.map(toAddress)].filter((address) => address !== "");
  return all.find((address) => desk.isOwn(address)) ?? desk.today ?? all[0] ?? desk.key;
}

/** One line for lists and cards: the mail's text, else its parse problem, else the names of its files. */
export function excerptOf({ visibleText, parseProblem, attachments }: ParsedMail): string {
  const words = cleanLine(visibleText.slice(0, 4 * EXCERPT_MAX), 4 * EXCERPT_MAX);
  const line = words || parseProblem || attachments.map((attachment) => attachment.filename).join(", ");
  return line.length <= EXCERPT_MAX ? line : `${cutToLength(line, EXCERPT_MAX - 1)}…`;
}
