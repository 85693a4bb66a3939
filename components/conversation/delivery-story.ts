import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { currentNotices, isAbout, isNotice, type NoticeMessage } from "./current-notices";
import { tellingOf, unconfirmed, type Named, type Telling } from "./notice-words";

/** One thing that is known about the delivery of a reply. */
export type Told = Telling & {
  key: string;
  /** The notice that says it, and its row; null if the reply's own fields do. */
  by: { message: TicketMessage; notice: Notice } | null;
  /** The mail server's own words, if there is no notice. */
  words: string;
};

/** A sentence about a delivery that is no longer so. `times`: in how many notices, one after the other. */
type Past = { key: string; sentence: string; at: string; times: number };

/** `now`: all that is true of the reply as it is. `before`: the last notices that are history, newest first, of `older` more. */
export type Story = { now: Told[]; before: Past[]; older: number };

/** History lines below a reply. */
const BEFORE_MAX = 3;

/** All that is known about the delivery of `reply`, each thing once. Pure. */
export function storyOf(reply: TicketMessage, notices: TicketMessage[], named: Named): Story {
  const current = currentNotices(notices, reply);
  const now = current.map((message) => toldBy(message, reply, named));
  const past = notices.filter(isNotice).filter((message) => !current.includes(message));
  const before = pastOf(past, reply, named);
  const shown = before.slice(0, BEFORE_MAX);
  const told = shown.reduce((sum, { times }) => sum + times, 0);
  return { now: [...now, ...untold(reply, now, named)], before: shown, older: past.length - told };
}

/** Newest first, equal neighbours as one. */
function pastOf(notices: NoticeMessage[], reply: TicketMessage, named: Named): Past[] {
  const lines: Past[] = [];
  for (const { _id: key, notice, sentAt: at } of notices.toReversed()) {
    const { lead, rest } = tellingOf(notice, reply, { ...named, isPast: true });
    const sentence = [lead, rest].filter(Boolean).join(" ");
    const last = lines.at(-1);
    if (last?.sentence === sentence) last.times += 1;
    else lines.push({ key, sentence, at, times: 1 });
  }
  return lines;
}

function toldBy(message: NoticeMessage, reply: TicketMessage, named: Named): Told {
  const { _id: key, notice } = message;
  return { ...tellingOf(notice, reply, named), key, by: { message, notice }, words: "" };
}

/** The facts in the reply's own fields that no notice says. */
function untold(reply: TicketMessage, now: Told[], { recipient }: Named): Told[] {
  const missed = reply.undelivered.filter((one) => !isTold(one, reply, now)).map(asTold);
  const isSaid = now.some(({ by }) => by?.notice.kind === reply.state) || missed.length > 0;
  const state = stateTold(reply, recipient, now);
  return isSaid || !state ? missed : [{ ...state, key: "state", by: null }];
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

/** A reply's `lastError` may have the mail server's words in it, so it is quoted whole. */
function stateTold(
  { state, lastError }: TicketMessage,
  recipient: string,
  now: Told[],
): Omit<Told, "key" | "by"> | null {
  const words = lastError ?? "";
  switch (state) {
    case "unconfirmed":
      return { ...unconfirmed(recipient), words: "" };
    case "failed":
      return { tone: "danger", lead: "Not delivered.", rest: "", words };
    case "came_back":
      return { tone: "danger", lead: "Came back.", rest: "", words: "" };
    case "queued":
      if (words === "" || now.length > 0) return null;
      return { tone: "quiet", lead: "", rest: "Not sent yet. It is tried again by itself.", words };
    case "sending":
    case "sent":
    case "cancelled":
    case null:
      return null;
  }
}
