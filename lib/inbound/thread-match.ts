import "server-only";
import type { Types } from "mongoose";
import { trusted } from "@/lib/store/db";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { ThreadAlias, type StoredThreadAlias } from "@/models/ThreadAliasModel";
import { aliasId } from "@/lib/mail/message-id";
import type { ParsedMail } from "@/lib/mail/parse";

export type ThreadMatch = {
  /** The thread that the mail joins; null if it starts one. */
  threadId: Types.ObjectId | null;
  /** Aliases to insert with the mail. A duplicate key then means that another mail was faster. */
  freeAliases: string[];
  /** Aliases of a thread that no longer exists, or whose customer was erased, to be deleted. */
  staleAliases: string[];
};

/**
 * Finds the thread of a mail by Message-IDs alone, in this order: the mail it reports as undelivered, those it answers,
 * its References from the newest back, and last its own id, which another mail may have referred to earlier. Never by
 * subject: that would put one customer's mail into another's ticket.
 */
export async function matchThread(inbox: string, mail: ParsedMail, ownId: string): Promise<ThreadMatch> {
  const { inReplyTo, references } = mail.head;
  const evidence = [mail.bounce?.messageId ?? null, ...inReplyTo, ...references.toReversed()];
  const ids = [...new Set([...evidence, ownId])].filter((id) => id !== null);
  const known = await findAliases(ids.map((id) => aliasId(inbox, id)));
  const living = await findLiving([...known.values()]);
  const threadOf = (id: string) => {
    const threadId = known.get(aliasId(inbox, id));
    return threadId && living.has(threadId.toHexString()) ? threadId : null;
  };

  const answered = ids
    .filter((id) => id !== ownId)
    .map(threadOf)
    .find((threadId) => threadId !== null);
  const aliases = ids.map((id) => aliasId(inbox, id));
  return {
    threadId: answered ?? (await announcedThread(threadOf(ownId), ownId)),
    freeAliases: aliases.filter((alias) => !living.has(known.get(alias)?.toHexString() ?? "")),
    staleAliases: aliases.filter(
      (alias) => known.has(alias) && !living.has(known.get(alias)?.toHexString() ?? ""),
    ),
  };
}

/** Whether the Message-ID is that of a reply we sent, so our own mail has come back. */
export async function isOwnReply(inbox: string, messageId: string): Promise<boolean> {
  const alias = await ThreadAlias.findById(aliasId(inbox, messageId)).lean<StoredThreadAlias>();
  if (!alias) return false;
  const own = { threadId: alias.threadId, direction: "outbound" as const, rfcMessageId: `<${messageId}>` };
  return (await EmailMessage.exists(own)) !== null;
}

/**
 * The thread in which other mails referred to this Message-ID; null if a mail with this id is already stored there:
 * then this one reuses the id, which says nothing about its thread.
 */
async function announcedThread(
  threadId: Types.ObjectId | null,
  ownId: string,
): Promise<Types.ObjectId | null> {
  if (!threadId) return null;
  return (await EmailMessage.exists({ threadId, rfcMessageId: `<${ownId}>` })) ? null : threadId;
}

async function findAliases(aliases: string[]): Promise<Map<string, Types.ObjectId>> {
  const rows = await ThreadAlias.find({ _id: trusted({ $in: aliases }) }).lean<StoredThreadAlias[]>();
  return new Map(rows.map((row) => [row._id, row.threadId]));
}

async function findLiving(threadIds: Types.ObjectId[]): Promise<Set<string>> {
  const rows = await EmailThread.find({ _id: trusted({ $in: threadIds }), emptiedAt: null })
    .select("_id")
    .lean<{ _id: Types.ObjectId }[]>();
  return new Set(rows.map((row) => row._id.toHexString()));
}
