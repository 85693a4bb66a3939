import { CAUSE_WORDS } from "@/lib/api/delivery-words";
import { firstNameOf } from "@/components/ui/people";
import type { DeclineNotice, Notice, TicketMessage, TicketSummary } from "@/lib/api/vocabulary";
import { isForeign, namedIn } from "./current-notices";
import { listed } from "./people-change";

type Kind = Notice["kind"];

/** The start of a sentence about one of several replies. */
export const HAPPENED: Record<Kind, string> = {
  came_back: "A reply came back",
  failed: "A reply was not delivered",
  unconfirmed: "The mail server broke off before confirming a reply",
  delayed: "A reply is not delivered yet",
  undone: "A reply was undone",
};

/** Why the ticket needs a look, and since when; null if it does not. */
export type Look = { at: string } & (
  { kind: Kind; cause: Notice["cause"] } | { kind: "declined"; declined: TicketSummary["declined"] }
);

/** `messages` are those that are shown: who declined the ticket, and why, may stand in one of them. */
export function lookOf(
  { attention, declined }: Pick<TicketSummary, "attention" | "declined">,
  messages: TicketMessage[],
): Look | null {
  if (attention === null || attention.kind === "customer_mail") return null;
  const { kind, cause, at, messageId } = attention;
  if (kind !== "declined") return { kind, cause, at };
  const row = messages.find(({ _id }) => _id === messageId) ?? messages.findLast(isDeclined);
  return { kind, at, declined: row?.declined ?? declined };
}

/** Without the reason, as the start of a sentence: "Priya declined this". */
export function declining({ by }: Pick<DeclineNotice, "by">, readerId: string): string {
  return `${by.id === readerId ? "You" : firstNameOf(by.name || by.email)} declined this`;
}

function isDeclined({ declined }: TicketMessage): boolean {
  return declined !== null;
}

/** A sentence that names no reply, for where the reply itself is not shown: "A reply came back: the mailbox is full." */
export function noticeSentence(
  notice: Pick<Notice, "kind" | "cause"> & { recipients?: Notice["recipients"] },
): string {
  return `${HAPPENED[notice.kind]}${whom(notice)}${cause(notice)}.`;
}

/** A sentence below the reply that it is about, in two parts: the lead is emphasised. */
export type Telling = { tone: "danger" | "unclaimed" | "quiet"; lead: string; rest: string };

export type Named = {
  /** The first name of the reply's recipient. */
  recipient: string;
  /** Who undid the reply, as the reader knows them; null if nobody can say. */
  undoneBy: string | null;
  /** It is no longer so. */
  isPast?: boolean;
};

/** The sentence about `reply` below it. */
export function tellingOf(
  notice: Notice,
  reply: TicketMessage,
  { recipient, undoneBy, isPast }: Named,
): Telling {
  const why = because(notice, reply);
  const leading = (start: string) => `${start}${whom(notice)}${why ? ":" : "."}`;
  switch (notice.kind) {
    case "came_back":
      return {
        tone: "danger",
        lead: leading("Came back"),
        rest: joined(why, isPast ? "" : others(notice, reply)),
      };
    case "failed":
      return { tone: "danger", lead: leading("Not delivered"), rest: why };
    case "delayed":
      return {
        tone: "unclaimed",
        lead: leading("Not delivered yet"),
        rest: joined(why, isPast ? "" : "It is tried again by itself."),
      };
    case "unconfirmed":
      return unconfirmed(recipient);
    case "undone":
      return { tone: "quiet", lead: "", rest: undone(undoneBy) };
  }
}

export function unconfirmed(recipient: string): Telling {
  const rest = `The mail server broke off before confirming. ${recipient} may have this reply.`;
  return { tone: "unclaimed", lead: "", rest };
}

/** The reason as a sentence: our own about our own mail server, if no server said anything. */
function because({ cause, detail, recipients }: Notice, { lastError }: TicketMessage): string {
  const isSilent = detail === "" && recipients.every((missed) => missed.detail === "");
  if (isSilent && lastError) return lastError;
  return cause ? `${CAUSE_WORDS[cause]}.` : "";
}

function joined(...sentences: string[]): string {
  return sentences.filter(Boolean).join(" ");
}

function cause({ cause }: Pick<Notice, "cause">): string {
  return cause ? `: ${CAUSE_WORDS[cause]}` : "";
}

function whom({
  kind,
  recipients = [],
}: Pick<Notice, "kind"> & { recipients?: Notice["recipients"] }): string {
  if (recipients.length === 0 || kind === "undone" || kind === "unconfirmed") return "";
  return `${kind === "came_back" ? " from " : " to "}${listed(recipients.map(({ address }) => address))}`;
}

const FORWARDED = "That is none of this reply’s addresses; the mail may have been forwarded.";

/** About recipients whom the report does not name, or that it names none of them. */
function others(notice: Notice, reply: TicketMessage): string {
  if (isForeign(notice, reply)) return FORWARDED;
  const named = namedIn(notice, reply).length;
  const left = reply.to.length + reply.cc.length - named;
  if (reply.state !== "sent" || named === 0 || left === 0) return "";
  return left === 1 ? "The other mail has not come back." : "The other mails have not come back.";
}

function undone(by: string | null): string {
  return by ? `${by} undid this reply. It did not go out.` : "This reply was undone. It did not go out.";
}
