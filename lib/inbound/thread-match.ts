import "server-only";
import type { Types } from "mongoose";
import { trusted } from "@/lib/store/db";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { ThreadAlias, type StoredThreadAlias } from "@/models/ThreadAliasModel";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { addressKey } from "@/lib/mail/address";
import { aliasId, announcedAliasId } from "@/lib/mail/message-id";
import type { ParsedMail } from "@/lib/mail/parse";

/** References that a mail announces, the last ones, and the addresses that it announces each of them to. */
const ANNOUNCED_REFERENCES_MAX = 5;
const ANNOUNCED_ADDRESSES_MAX = 10;

/** An alias as the mail would store it. */
export type NewAlias = Pick<StoredThreadAlias, "_id" | "isStored">;

export type ThreadMatch = {
  /** The thread that the mail joins; null if it starts one. */
  threadId: Types.ObjectId | null;
  /** Aliases to insert with the mail. A duplicate key then means that another mail was faster. */
  freeAliases: NewAlias[];
  /** Aliases of a thread that no longer exists, or whose customer was erased, to be deleted. */
  staleAliases: string[];
};

type Arriving = {
  mail: ParsedMail;
  /** Its Message-ID, normalised. */
  ownId: string;
  writer: string;
  /** Whom else it was addressed to. */
  addressed: string[];
  /** The thread of the reply that it reports on, if it is a delivery report. */
  reportedIn: Types.ObjectId | null;
};

/**
 * Finds the thread of a mail, in this order: of the reply that it reports on, of the mails it answers, by its
 * References from the newest back, and last its own id. An id of a stored message counts for anybody. An id that a mail
 * only referred to counts for that mail's sender and for those it was addressed to: otherwise two readers of one
 * newsletter would share a ticket, and an id that somebody guesses would catch another customer's mail. If somebody
 * else's mail took a Message-ID first, it still leads its own writer to the own ticket. Never by subject.
 */
export async function matchThread(desk: DeskAddresses, arriving: Arriving): Promise<ThreadMatch> {
  const { mail, ownId, writer, reportedIn } = arriving;
  const { inReplyTo, references } = mail.head;
  const evidence = [...inReplyTo, ...references.toReversed()];
  const answered = [...new Set(evidence)].filter((id) => id !== ownId);
  const wanted = newAliases(desk.key, arriving);
  const lookup = [...answered, ownId].flatMap((id) => [
    ownForm(desk.key, id, writer),
    announced(desk.key, id, writer),
    ...storedAliases(desk, id),
  ]);
  const aliases = await findAliases([...lookup, ...wanted.map(({ _id }) => _id)]);
  await Promise.all(answered.map((id) => proveOld(storedAliases(desk, id), id, writer, aliases)));

  const threadOfStored = (id: string) =>
    storedAliases(desk, id)
      .map((_id) => aliases.get(_id))
      .find((alias) => alias?.isLiving && alias.isStored)?.threadId ?? null;
  const living = (_id: string) => {
    const alias = aliases.get(_id);
    return alias?.isLiving ? alias : null;
  };
  const threadOf = (id: string) =>
    living(ownForm(desk.key, id, writer))?.threadId ??
    threadOfStored(id) ??
    living(announced(desk.key, id, writer))?.threadId ??
    null;
  const isReportedLiving = reportedIn !== null && (await findLiving([reportedIn])).size > 0;
  const threadId =
    (isReportedLiving ? reportedIn : null) ??
    answered.map(threadOf).find((found) => found !== null) ??
    (await earlierAnswer(living(announced(desk.key, ownId, writer)), arriving));
  // An id that anybody's answer finds needs no other form. Our own one is not found if another mail has it already.
  const isTaken = living(aliasId(desk.key, ownId)) !== null;
  const isFound = (id: string) => (id === ownId ? !isTaken : threadOfStored(id) !== null);
  return {
    threadId,
    freeAliases: wanted
      .filter(({ _id, id, isStored }) => living(_id) === null && (isStored || !isFound(id)))
      .map(({ _id, isStored }) => ({ _id, isStored })),
    staleAliases: wanted.map(({ _id }) => _id).filter((_id) => aliases.get(_id)?.isLiving === false),
  };
}

/** Whether the Message-ID is that of a reply we sent, so our own mail has come back. */
export async function isOwnReply(desk: DeskAddresses, messageId: string): Promise<boolean> {
  const aliases = await ThreadAlias.find({ _id: trusted({ $in: storedAliases(desk, messageId) }) }).lean();
  if (aliases.length === 0) return false;
  const threads = trusted({ $in: aliases.map(({ threadId }) => threadId) });
  const forms = trusted({ $in: [messageId, withPlainDomain(messageId)].map((id) => `<${id}>`) });
  const own = { threadId: threads, direction: "outbound" as const, rfcMessageId: forms };
  return (await EmailMessage.exists(own)) !== null;
}

/** The thread in which an inbound message with this id was stored first; null if there is none. */
export async function findThreadOfId(desk: DeskAddresses, id: string): Promise<Types.ObjectId | null> {
  const aliases = await findAliases(storedAliases(desk, id));
  return (
    [...aliases.values()].find(({ isLiving, isStored }) => isLiving && isStored !== false)?.threadId ?? null
  );
}

/** Some mail servers write the domain of an id in capitals. */
export const storedAliases = (desk: DeskAddresses, id: string) =>
  desk.keys.flatMap((key) => [...new Set([id, withPlainDomain(id)])].map((form) => aliasId(key, form)));

export function withPlainDomain(id: string): string {
  const at = id.lastIndexOf("@");
  return `${id.slice(0, at)}${id.slice(at).toLowerCase()}`;
}
const announced = (key: string, id: string, address: string) =>
  announcedAliasId(key, id, addressKey(address));

/** By which the writer's own answers find a mail whose Message-ID another mail took before. */
const ownForm = (key: string, id: string, writer: string) => announced(key, id, `own:${writer}`);

/** The aliases of a mail: of its own id, and of its last References for each of its people. */
function newAliases(
  key: string,
  { mail, ownId, writer, addressed }: Arriving,
): (NewAlias & { id: string })[] {
  const people = [...new Set([writer, ...addressed].filter((address) => address !== "").map(addressKey))];
  const ids = new Set([...mail.head.inReplyTo.slice(0, 1), ...mail.head.references.toReversed()]);
  ids.delete(ownId);
  const ofPeople = [...ids]
    .slice(0, ANNOUNCED_REFERENCES_MAX)
    .flatMap((id) =>
      people
        .slice(0, ANNOUNCED_ADDRESSES_MAX)
        .map((address) => ({ _id: announced(key, id, address), id, isStored: false })),
    );
  const own = { id: ownId, _id: aliasId(key, ownId), isStored: true };
  return [own, { id: ownId, _id: ownForm(key, ownId, writer), isStored: false }, ...ofPeople];
}

/** How far the clocks of two people's machines may differ, in milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * The thread of an answer that came before this mail. A mail that was written after its answer came is none that was
 * answered: somebody guessed its Message-ID. Nor is one whose id is stored there already: it reuses the id.
 */
async function earlierAnswer(
  answer: Alias | null,
  { mail, ownId }: Arriving,
): Promise<Types.ObjectId | null> {
  const writtenAt = mail.head.date?.getTime() ?? 0;
  if (!answer || writtenAt > answer.at.getTime() + CLOCKS_DIFFER_MS) return null;
  const { threadId } = answer;
  return (await EmailMessage.exists({ threadId, rfcMessageId: `<${ownId}>` })) ? null : threadId;
}

type Alias = { threadId: Types.ObjectId; at: Date; isStored: boolean | undefined; isLiving: boolean };

/** An alias older than `isStored` counts if its message is stored, or if the writer has a part in its thread. */
async function proveOld(
  ids: string[],
  messageId: string,
  writer: string,
  aliases: Map<string, Alias>,
): Promise<void> {
  for (const alias of ids.map((_id) => aliases.get(_id))) {
    if (!alias?.isLiving || alias.isStored !== undefined) continue;
    const proofs = [{ rfcMessageId: `<${messageId}>` }, { from: writer }, { to: writer }, { cc: writer }];
    alias.isStored = (await EmailMessage.exists({ threadId: alias.threadId, $or: proofs })) !== null;
  }
}

async function findAliases(ids: string[]): Promise<Map<string, Alias>> {
  const rows = await ThreadAlias.find({ _id: trusted({ $in: [...new Set(ids)] }) }).lean<
    StoredThreadAlias[]
  >();
  const living = await findLiving(rows.map(({ threadId }) => threadId));
  return new Map(
    rows.map(({ _id, threadId, at, isStored }) => {
      return [_id, { threadId, at, isStored, isLiving: living.has(threadId.toHexString()) }];
    }),
  );
}

async function findLiving(threadIds: Types.ObjectId[]): Promise<Set<string>> {
  if (threadIds.length === 0) return new Set();
  const rows = await EmailThread.find({ _id: trusted({ $in: threadIds }), emptiedAt: null })
    .select("_id")
    .lean<{ _id: Types.ObjectId }[]>();
  return new Set(rows.map((row) => row._id.toHexString()));
}
