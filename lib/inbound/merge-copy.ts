import "server-only";
import { ThreadId } from "@/lib/api/contracts";
import type { Verification } from "@/lib/api/vocabulary";
import { isCustomer, joinConversation, openConversation } from "@/lib/conversation/joining";
import {
  fieldsOf,
  isNarrower,
  recipientsOf,
  withoutPeople,
  withPeople,
  type People,
} from "@/lib/conversation/people";
import { readPeople } from "@/lib/conversation/recipients";
import { isListAddress } from "@/lib/conversation/writer";
import type { MailList } from "@/lib/mail/parsed-mail";
import { inTransaction } from "@/lib/store/db";
import { changeThread, literal } from "@/lib/tickets/transition";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type { Filing } from "./filing";
import type { Twin } from "./list-copy";

type Copy = Omit<Filing, "match">;
const RANK: Record<Verification, number> = { not_verified: 0, unchecked: 1, verified: 2 };

/**
 * Makes of a mail that came directly and by a list what it is if the direct one came alone, whichever was first: a list's
 * copy often fails the sender's check, asks for answers to the list and hides whom the writer named. The message gets the
 * better result of the two checks; whom the writer copied and where the writer asked to be answered counts; the list itself
 * is no participant. Again does nothing.
 */
export async function mergeCopy(copy: Copy, twin: Twin): Promise<void> {
  const { mail, sending, row, desk } = copy;
  const isDirect = mail.head.list === null;
  const isWorse = RANK[sending.verification] < RANK[twin.verification ?? "unchecked"];
  if (isDirect && (isWorse || sending.arrival.isDoubtful)) return;
  await inTransaction(async (session) => {
    const thread = await EmailThread.findById(twin.threadId).session(session).lean<StoredThread>();
    if (!thread || thread.emptiedAt) return;
    const people = await readPeople(thread, desk);
    const merged = isDirect ? asDirect(people, copy, twin) : withoutList(people, mail.head.list);
    if (isDirect) {
      const set = { verification: sending.verification, replyTo: mail.head.replyTo[0]?.address ?? null };
      await EmailMessage.updateOne({ _id: twin._id }, { $set: set }, { session });
    } else if (merged === people) return;
    const isLess = isNarrower(recipientsOf(people, desk), recipientsOf(merged, desk));
    const fields = {
      ...fieldsOf(merged),
      ...(isLess ? { recipientsRevision: (thread.recipientsRevision ?? 0) + 1 } : {}),
    };
    await changeThread({
      threadId: ThreadId.parse(thread._id.toHexString()),
      op: `copy:${row._id}`,
      where: { emptiedAt: null },
      set: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, literal(value)])),
      line: { kind: "received", by: null, way: "mail", details: { messageId: literal(twin._id) } },
      session,
    });
  });
}

/** The people as if the direct mail had come first. */
function asDirect(people: People, { sending, desk }: Copy, { list }: Twin): People {
  const arrival = { ...sending.arrival, list: list ?? null };
  if (!isCustomer(people, arrival.writer)) return joinConversation(people, arrival, desk);
  const opened = openConversation(arrival, desk);
  const copied = opened.participants.filter(({ role }) => role === "copied");
  const replyTo = opened.replyTo.length > 0 ? opened.replyTo : people.replyTo;
  return { ...withPeople(people, copied, arrival.at), replyTo };
}

/** The people without the list whom a mail copied; the same object if it is not among them. */
function withoutList(people: People, list: MailList | null): People {
  const isList = ({ role, address }: People["participants"][number]) =>
    role === "copied" && isListAddress(address, list);
  const named = people.participants.filter(isList).map(({ address }) => address);
  return named.length === 0 ? people : withoutPeople(people, named);
}
