import "server-only";
import type { ClientSession, QueryFilter } from "mongoose";
import type { ParticipantsRequest, ParticipantsResponse, ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { findColleague } from "@/lib/conversation/colleague";
import { readDesk, type DeskAddresses } from "@/lib/conversation/desk";
import { fieldsOf, isNarrower, recipientsOf, type People } from "@/lib/conversation/people";
import { readPeople, toConversation } from "@/lib/conversation/recipients";
import { addressKey } from "@/lib/mail/address";
import { nudge } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { readClock } from "@/lib/store/clock";
import { inTransaction, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import {
  changePeople,
  isOtherCustomer,
  refusalOfChange,
  toPeopleChange,
  type ChangedPeople,
  type PeopleChange,
} from "./people-change";
import { claimedByOther, SUMMARY_FIELDS, toSummary } from "./present";
import { changeThread, lineOf, literal, newOperation } from "./transition";
import { unassignedOr } from "./unassigned";

type Changed = Omit<ParticipantsResponse, "success">;
type ParticipantsFailure = FailureOf<
  "not_found" | "already_claimed" | "changed_meanwhile" | "invalid_recipient" | "too_many_participants"
>;

/**
 * Changes who is in the conversation of a ticket that `member` holds or nobody does, without claiming it: in one
 * transaction people are added, removed (newcomers too) and another customer is named. A reply that was written for
 * recipients of whom one is gone is refused from then on. A change that changes nothing succeeds without a write. Safe to
 * repeat with the same `op`. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function changeParticipants(
  { threadId, ...request }: ParticipantsRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<Changed, ParticipantsFailure>> {
  const outcome = await settleOutcome(async () => {
    const [desk, names, at] = await Promise.all([readDesk(), readNames(threadId), readClock("$$NOW")]);
    const change = withNames(toPeopleChange(request), names);
    const acting = { threadId, op, member, desk, change, at };
    return inTransaction((session) => changeOnce(acting, session));
  });
  if (outcome.ok) nudge("cards", "events");
  return outcome;
}

type Acting = {
  threadId: ThreadId;
  op: string;
  member: TeamMember;
  desk: DeskAddresses;
  change: PeopleChange;
  at: Date;
};

async function changeOnce(
  acting: Acting,
  session: ClientSession,
): Promise<Result<Changed, ParticipantsFailure>> {
  const { threadId, op, member, desk, change, at } = acting;
  const thread = await EmailThread.findById(threadId, null, { session }).lean<StoredThread>();
  if (!thread || thread.mergedInto || thread.emptiedAt) return fail({ reason: "not_found" });
  const before = await readPeople(thread, desk);
  const unchanged = () => ok(toChanged(thread, before, thread.recipientsRevision, desk));
  if (lineOf(thread, op)) return unchanged();
  const refusal = claimedByOther(thread, member) ?? refusalOfChange(change, desk);
  if (refusal) return refusal;

  const isColleague =
    isOtherCustomer(before, change.customer) && (await findColleague(before.customer.address)) !== null;
  const changed = changePeople(before, change, { isColleague, at });
  if (!changed.ok) return changed;
  const { added, removed, customer } = changed.value;
  if (added.length + removed.length === 0 && customer === null) return unchanged();
  return writeChange(acting, { thread, before, changed: changed.value }, session);
}

/** Larger threads take no further lists of addresses: their lines of history are long. MongoDB's limit is 16 MB. */
const THREAD_MAX_BYTES = 4 * 1024 * 1024;

async function writeChange(
  { threadId, op, member, desk }: Acting,
  { thread, before, changed }: { thread: StoredThread; before: People; changed: ChangedPeople },
  session: ClientSession,
): Promise<Result<Changed, ParticipantsFailure>> {
  const { people, added, removed, customer } = changed;
  const revision = thread.recipientsRevision ?? 0;
  const isLess = isNarrower(recipientsOf(before, desk), recipientsOf(people, desk));
  const recipientsRevision = isLess ? revision + 1 : revision;
  const fields = Object.entries({ ...fieldsOf(people), recipientsRevision });
  const written = await changeThread({
    threadId,
    op,
    where: {
      ...unassignedOr(member.id),
      mergedInto: null,
      emptiedAt: null,
      $expr: { $lt: [{ $bsonSize: "$$ROOT" }, THREAD_MAX_BYTES] },
    },
    set: Object.fromEntries(fields.map(([field, value]) => [field, literal(value)])),
    line: {
      kind: "participants_changed",
      by: member,
      details: {
        added: literal(added),
        removed: literal(removed),
        ...(customer !== null && { customer: literal(customer) }),
      },
    },
    returns: SUMMARY_FIELDS,
    session,
  });
  if (!written) return fail({ reason: "changed_meanwhile" });
  return ok(toChanged(written, people, recipientsRevision, desk));
}

function toChanged(
  thread: Parameters<typeof toSummary>[0],
  people: People,
  recipientsRevision: number | undefined,
  desk: DeskAddresses,
): Changed {
  return { ticket: toSummary(thread), ...toConversation(people, recipientsRevision, desk) };
}

/** Newest mails of a ticket in which a name is looked for. */
const NAMED_MAILS_MAX = 100;

/** The names by which the ticket's mails know the people who wrote them, or whose mails were forwarded. */
async function readNames(threadId: ThreadId): Promise<Map<string, string>> {
  const mails = await EmailMessage.find(
    { threadId, direction: "inbound" } as QueryFilter<StoredMessage>,
    "from fromName forwardedFrom",
  )
    .sort({ at: -1, _id: -1 })
    .limit(NAMED_MAILS_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "from" | "fromName" | "forwardedFrom">[]>();
  const people = mails.flatMap(({ from, fromName, forwardedFrom }) => [
    { address: from, name: fromName },
    ...(forwardedFrom ? [forwardedFrom] : []),
  ]);
  const named = people.flatMap(({ address, name }) => (name ? [[addressKey(address), name] as const] : []));
  return new Map(named.reverse()); // the newest name counts
}

function withNames({ add, remove, customer }: PeopleChange, names: Map<string, string>): PeopleChange {
  const named = <Person extends PeopleChange["add"][number]>({ address, name }: Person) => ({
    address,
    name: name ?? names.get(addressKey(address)) ?? null,
  });
  return { add: add.map(named), remove, customer: customer && named(customer) };
}
