import "server-only";
import type { ClientSession } from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { inTransaction, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { DONE, ThreadClosedError, threadIdOf, type Filing, type FilingOutcome } from "./filing";
import { noticeOf } from "./report-effect";
import { insertThread } from "./thread-from-mail";
import { extendThread, readJoining, type Joining } from "./thread-with-mail";

/** Aborts the transaction with an outcome that the caller handles. */
class Collision extends Error {
  constructor(readonly outcome: Exclude<FilingOutcome, "filed" | "thread_closed">) {
    super(outcome);
    this.name = "Collision";
  }
}

/**
 * Files a mail in its ticket in one transaction: the message, the thread (a new one, or the existing one, reopened if a
 * customer wrote to a waiting or resolved ticket), its Message-IDs, and the ledger row, which must still have our lease.
 * All or nothing. Safe to repeat: a mail that is filed already answers "message_exists".
 */
export async function fileMail(filing: Filing): Promise<FilingOutcome> {
  try {
    await inTransaction(async (session) => {
      const joining = filing.match.threadId && (await readJoining(filing, filing.match.threadId, session));
      await insertMessage(filing, joining, session);
      await insertAliases(filing, session);
      await (joining ? extendThread(filing, joining, session) : insertThread(filing, session));
      await markTicketed(filing, session);
      if (globalThis.CRASH_POINTS) crashPoint("ingest.before-commit");
    });
    if (globalThis.CRASH_POINTS) crashPoint("ingest.committed");
    return "filed";
  } catch (error) {
    if (error instanceof Collision) return error.outcome;
    if (error instanceof ThreadClosedError) return "thread_closed";
    throw error;
  }
}

async function insertMessage(filing: Filing, joining: Joining | null, session: ClientSession): Promise<void> {
  const { row, mail, ownId, messageId, attachments, automatic, sending } = filing;
  const { person, via } = sending.arrival.writer;
  const notice = noticeOf(filing);
  const message: Partial<StoredMessage> = {
    _id: messageId,
    threadId: threadIdOf(filing),
    direction: "inbound",
    automatic,
    rfcMessageId: `<${ownId}>`,
    inReplyTo: mail.head.inReplyTo.map((id) => `<${id}>`)[0] ?? null,
    references: mail.head.references.map((id) => `<${id}>`),
    from: person.address,
    fromName: person.name,
    ...(via === null ? {} : { via }),
    ...(mail.head.list === null ? {} : { list: mail.head.list }),
    verification: sending.verification,
    ...(joining?.standing === "stranger" && !automatic ? { isNewcomer: true } : {}),
    ...(sending.forwardedFrom ? { forwardedFrom: sending.forwardedFrom } : {}),
    ...authorOf(sending),
    ...(joining && notice ? { notice } : {}),
    ...(joining && filing.reaction ? { reaction: filing.reaction } : {}),
    replyTo: mail.head.replyTo[0]?.address ?? null,
    to: mail.head.to.map(({ address }) => address),
    cc: mail.head.cc.map(({ address }) => address),
    subject: mail.head.subject,
    text: mail.text,
    visibleText: mail.visibleText,
    html: mail.html,
    attachments,
    ledgerId: row._id,
    parseProblem: mail.parseProblem,
    at: row.receivedAt,
  };
  await onDuplicate("message_exists", () => EmailMessage.create([message], { session }));
}

/** A colleague's mail is shown as the team's. Of one that only claims to be, just the name is kept, to warn of it. */
function authorOf({ colleague, claimed }: Filing["sending"]) {
  if (!colleague) return claimed ? { authorName: claimed.name } : {};
  return { authorId: colleague.id, authorEmail: colleague.email, authorName: colleague.name };
}

async function insertAliases({ match, row }: Filing, session: ClientSession): Promise<void> {
  const threadId = threadIdOf({ match, row });
  const aliases = match.freeAliases.map((alias) => ({ ...alias, threadId, at: row.receivedAt }));
  if (match.staleAliases.length > 0) {
    await ThreadAlias.deleteMany({ _id: trusted({ $in: match.staleAliases }) }, { session });
  }
  if (aliases.length === 0) return;
  await onDuplicate("alias_taken", () => ThreadAlias.insertMany(aliases, { session }));
}

async function markTicketed(filing: Filing, session: ClientSession): Promise<void> {
  const { row, messageId, match } = filing;
  const outcome = match.threadId ? "joined" : "opened";
  const marked = await InboundEmail.updateOne(
    { _id: row._id, state: "received", leaseId: row.leaseId },
    {
      $set: { ...DONE, state: "ticketed", threadId: threadIdOf(filing), messageId, outcome },
      $unset: { storedFiles: 1 }, // the message names them from now on
    },
    { session },
  );
  if (marked.matchedCount === 0) throw new Collision("lease_lost");
}

async function onDuplicate(outcome: Collision["outcome"], insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    throw isDuplicateKey(error) ? new Collision(outcome) : error;
  }
}
