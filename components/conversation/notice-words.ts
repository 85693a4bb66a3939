import { CAUSE_WORDS } from "@/lib/api/delivery-words";
import type { Notice, TicketMessage, TicketSummary } from "@/lib/api/vocabulary";
import { isSameAddress } from "./people";
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
export function lookOf({ attention }: Pick<TicketSummary, "attention">) {
  if (attention === null || attention.kind === "customer_mail") return null;
  const { kind, cause, at } = attention;
  return { kind, cause, at };
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
};

/** The sentence about `reply` below it. */
export function tellingOf(notice: Notice, reply: TicketMessage, { recipient, undoneBy }: Named): Telling {
  const why = because(notice, reply);
  const leading = (start: string) => `${start}${whom(notice)}${why ? ":" : "."}`;
  switch (notice.kind) {
    case "came_back":
      return { tone: "danger", lead: leading("Came back"), rest: joined(why, others(notice, reply)) };
    case "failed":
      return { tone: "danger", lead: leading("Not delivered"), rest: why };
    case "delayed":
      return {
        tone: "unclaimed",
        lead: leading("Not delivered yet"),
        rest: joined(why, "It is tried again by itself."),
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

/** True if the reply is still as the notice says. A later attempt, or a later outcome, makes a notice history. */
export function isCurrent(notice: Notice, reply: TicketMessage): boolean {
  const { state } = reply;
  const isMissed = reply.undelivered.some((missed) => isAbout(notice, missed, reply));
  switch (notice.kind) {
    case "came_back":
    case "failed":
      return state === notice.kind || isMissed;
    case "unconfirmed":
      return state === "unconfirmed";
    case "delayed":
      return state === "queued" || state === "sending" || (state === "sent" && !isMissed);
    case "undone":
      return state === "cancelled";
  }
}

/** The reply's own recipients that a notice names; none if it is about all of them, such as a report of forwarded mail. */
export function namedIn({ recipients }: Notice, { to, cc }: TicketMessage): string[] {
  return [...to, ...cc].filter((address) => isAmong({ address }, recipients));
}

/** True if the notice is about this recipient of the reply. */
export function isAbout(notice: Notice, { address }: { address: string }, reply: TicketMessage): boolean {
  const named = namedIn(notice, reply);
  return named.length === 0 || named.some((one) => isSameAddress(one, address));
}

/** True if the address is one of these people's. */
function isAmong({ address }: { address: string }, people: { address: string }[]): boolean {
  return people.some((person) => isSameAddress(person.address, address));
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

/** Only some recipients' mails came back. */
function others(notice: Notice, reply: TicketMessage): string {
  const named = namedIn(notice, reply).length;
  const left = reply.to.length + reply.cc.length - named;
  if (reply.state !== "sent" || named === 0 || left === 0) return "";
  return left === 1 ? "The other mail has not come back." : "The other mails have not come back.";
}

function undone(by: string | null): string {
  return by ? `${by} undid this reply. It did not go out.` : "This reply was undone. It did not go out.";
}
