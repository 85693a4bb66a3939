import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { isSameAddress } from "./people";

/** A notice about a reply, with its row. */
export type NoticeMessage = TicketMessage & { notice: Notice };

export function isNotice(message: TicketMessage): message is NoticeMessage {
  return message.notice !== null;
}

/**
 * Of all notices about `reply`, oldest first, those that are still so. A later attempt, or a later notice about the same
 * recipients, makes a notice history. Pure.
 */
export function currentNotices(notices: TicketMessage[], reply: TicketMessage): NoticeMessage[] {
  const told = notices.filter(isNotice);
  const so = told.filter((message) => fitsState(message, reply));
  return so.filter((message) => {
    const after = message.notice.kind === "delayed" ? told : so;
    const later = after.filter((other) => told.indexOf(other) > told.indexOf(message));
    return !later.some(({ notice }) => isReplacedBy(message.notice, notice, reply));
  });
}

/** True if the reply's own fields agree with the notice. */
function fitsState({ notice, direction }: NoticeMessage, reply: TicketMessage): boolean {
  const { state } = reply;
  const isMissed = reply.undelivered.some((missed) => isAbout(notice, missed, reply));
  switch (notice.kind) {
    case "came_back":
    case "failed":
      return state === notice.kind || isMissed;
    case "unconfirmed":
      return state === "unconfirmed";
    case "delayed":
      if (state === "queued" || state === "sending") return true;
      // Only the recipient's mail server can delay a reply that went out.
      return state === "sent" && direction === "inbound" && !isMissed;
    case "undone":
      return state === "cancelled";
  }
}

/** True if the later notice is about the same recipients. */
function isReplacedBy(notice: Notice, later: Notice, reply: TicketMessage): boolean {
  // The recipients of an unconfirmed reply's notice are those who were refused: it is about all of them.
  if (notice.kind === "unconfirmed" && later.kind === "unconfirmed") return true;
  if (later.recipients.length === 0 || notice.recipients.length === 0) return true;
  if (isForeign(notice, reply)) return isForeign(later, reply);
  return namedIn(later, reply).some((address) => isAmong({ address }, notice.recipients));
}

/** The reply's own recipients that a notice names; none if it is about all of them, such as a report of forwarded mail. */
export function namedIn({ recipients }: Notice, { to, cc }: TicketMessage): string[] {
  return [...to, ...cc].filter((address) => isAmong({ address }, recipients));
}

/** True if the notice names addresses, and none of them is the reply's. */
export function isForeign(notice: Notice, reply: TicketMessage): boolean {
  return notice.recipients.length > 0 && namedIn(notice, reply).length === 0;
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
