import "server-only";
import type { QueryFilter } from "mongoose";
import type { Conversation } from "@/lib/api/contracts";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { readDesk, type DeskAddresses } from "./desk";
import { OLD_MAIL_FIELDS, peopleFromMails, type OldMail } from "./old-threads";
import { peopleOf, problemWith, recipientsOf, type People } from "./people";

/** Heads of mails from which the people of an older thread are read. */
const OLD_MAILS_MAX = 200;

/** Who is in this thread. Threads older than their list of participants have it read from their mails. */
export async function readPeople(thread: StoredThread, desk: DeskAddresses): Promise<People> {
  if (thread.participants) return peopleOf(thread);
  return peopleFromMails(peopleOf(thread), await oldMails(thread), desk);
}

/** Who is in this thread, and whom a reply goes to, for the wire. */
export async function readConversation(thread: StoredThread): Promise<Conversation> {
  const desk = await readDesk();
  return toConversation(await readPeople(thread, desk), thread.recipientsRevision, desk);
}

export function toConversation(
  people: People,
  recipientsRevision: number | undefined,
  desk: DeskAddresses,
): Conversation {
  return {
    recipients: recipientsOf(people, desk),
    recipientsRevision: recipientsRevision ?? 0,
    participants: people.participants
      .filter(({ address }) => !desk.isOwn(address))
      .map(({ address, name, role }) => ({ address, name, role, problem: problemWith(address, desk) })),
    newcomers: people.newcomers.map(({ address, name, messageId, why }) => ({
      address,
      name,
      messageId,
      why,
    })),
  };
}

async function oldMails({ _id }: StoredThread): Promise<OldMail[]> {
  const written = { threadId: _id, state: trusted({ $ne: "cancelled" }) } as QueryFilter<StoredMessage>;
  return EmailMessage.find(written, OLD_MAIL_FIELDS)
    .sort({ at: 1, _id: 1 })
    .limit(OLD_MAILS_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<OldMail[]>();
}
