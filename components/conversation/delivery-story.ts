import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { isAbout, isCurrent, tellingOf, unconfirmed, type Named, type Telling } from "./notice-words";

/** One thing that is known about the delivery of a reply. */
export type Told = Telling & {
  key: string;
  /** The notice that says it, and its row; null if the reply's own fields do. */
  by: { message: TicketMessage; notice: Notice } | null;
  /** The mail server's own words, if there is no notice. */
  words: string;
};

/** `now`: all that is true of the reply as it is. `before`: notices that a later attempt or outcome has made history. */
type Story = { now: Told[]; before: Told[] };

/** All that is known about the delivery of `reply`, each thing once. Pure. */
export function storyOf(reply: TicketMessage, notices: TicketMessage[], named: Named): Story {
  const told = notices.flatMap((message) => tellingBy(message, reply, named));
  const isNow = ({ by }: Told) => by !== null && isCurrent(by.notice, reply);
  const now = told.filter(isNow);
  return { now: [...now, ...untold(reply, now, named)], before: told.filter((one) => !isNow(one)) };
}

function tellingBy(message: TicketMessage, reply: TicketMessage, named: Named): Told[] {
  const { _id: key, notice } = message;
  return notice ? [{ ...tellingOf(notice, reply, named), key, by: { message, notice }, words: "" }] : [];
}

/** The facts in the reply's own fields that no notice says. */
function untold(reply: TicketMessage, now: Told[], { recipient }: Named): Told[] {
  const missed = reply.undelivered.filter((one) => !isTold(one, reply, now)).map(asTold);
  const isSaid = now.some(({ by }) => by?.notice.kind === reply.state) || missed.length > 0;
  const state = stateTold(reply, recipient, now);
  return isSaid || !state ? missed : [{ ...state, key: "state", by: null, words: "" }];
}

function isTold(missed: { address: string }, reply: TicketMessage, now: Told[]): boolean {
  return now.some(({ by }) => {
    if (by?.notice.kind !== "came_back" && by?.notice.kind !== "failed") return false;
    return isAbout(by.notice, missed, reply);
  });
}

function asTold({ address, detail }: TicketMessage["undelivered"][number]): Told {
  const words = detail || "The mail server gave no reason.";
  return { tone: "danger", lead: `Not delivered to ${address}:`, rest: "", key: address, by: null, words };
}

function stateTold({ state, lastError }: TicketMessage, recipient: string, now: Told[]): Telling | null {
  switch (state) {
    case "unconfirmed":
      return unconfirmed(recipient);
    case "failed":
      return {
        tone: "danger",
        lead: "Not delivered:",
        rest: lastError ?? "the mail server refused it.",
      };
    case "came_back":
      return { tone: "danger", lead: "Came back.", rest: "" };
    case "queued":
      return lastError && now.length === 0 ? { tone: "quiet", lead: "", rest: lastError } : null;
    case "sending":
    case "sent":
    case "cancelled":
    case null:
      return null;
  }
}
