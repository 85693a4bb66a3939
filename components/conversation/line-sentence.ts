import type { DeliveryAction, HistoryKind, Notice } from "@/lib/api/vocabulary";
import {
  actorOf,
  byWay,
  effectsOfReply,
  nameOf,
  newStatus,
  objectOf,
  possessive,
  statusName,
  withEffects,
  writerWords,
} from "./history-words";
import { HAPPENED } from "./notice-words";
import { peopleChange } from "./people-change";
import type { TimelineLine } from "./timeline";

/** The messages that a line is about, as far as they are known. */
export type About = {
  /** Who wrote the mail; null if it is not shown. */
  writer: string | null;
  /** The kind of the notice that was filed with the line. */
  notice: Notice["kind"] | null;
  /** The reply is shown, and so are all notices about it. */
  isReplyShown?: boolean;
};

/** The text of a line that stands alone, without its time. */
export function lineSentence(line: TimelineLine, readerId: string, about: About): string {
  const actor = actorOf(line, readerId);
  const way = byWay(line);
  switch (line.kind) {
    case "received":
      return receiving(line, readerId, about);
    case "customer_replied":
      return withEffects(about.writer ? `${writerWords(about.writer)} wrote` : A_MAIL, line, readerId);
    case "claimed":
      return `${actor} claimed this${way}`;
    case "unclaimed":
      return unclaiming(line, readerId);
    case "reassigned":
      return handingOver(line, readerId) + way;
    case "declined":
      return withEffects(`${actor} declined this${way}`, line, readerId);
    case "undone":
      return undoing(line, readerId);
    case "status_changed":
      return statusChange(line, actor) + way;
    case "replied":
      return replying(line, readerId);
    case "delivery_settled":
      return line.by ? settling(line, readerId) : withEffects(outcome(line, about), line, readerId);
    case "came_back":
      return withEffects(HAPPENED.came_back, line, readerId);
    case "delayed":
      return withEffects(line.way === "mail" ? REPORTED_DELAY : HAPPENED.delayed, line, readerId);
    case "seen":
      return `${actor} ${line.heldBefore === null ? "claimed this and marked it" : "marked this"} as seen${way}`;
    case "card_requested":
      return `${actor} asked for the card again${way}`;
    case "participants_changed":
      return `${actor} ${peopleChange(line)}${way}`;
    case "bodies_removed":
      return "Texts and files were removed, since the desk keeps closed tickets for a limited time";
    case "customer_erased":
      return `${nameOf(line.by, readerId) ?? "An admin"} erased what was stored of a customer`;
  }
}

/** The words that a member gave with an act; null if there are none. */
export function quoteOf({ note }: Pick<TimelineLine, "note">): string | null {
  return note || null;
}

const A_MAIL = "A mail arrived";
const REPORTED_DELAY = "A mail server reported that a reply is not delivered yet";

const DECISIONS: Record<DeliveryAction | "unknown", string> = {
  retry: "retried a refused reply",
  send_again: "sent a reply again",
  mark_sent: "marked a reply as sent",
  undo: "took a reply back",
  unknown: "settled the delivery of a reply",
};

function receiving(line: TimelineLine, readerId: string, { writer }: About): string {
  if (line.isCopy) return "A copy of a mail arrived";
  const colleague = nameOf(line.by, readerId);
  if (colleague) return `${colleague} wrote by mail`;
  return writer ? `${writerWords(writer)} wrote` : A_MAIL;
}

/** How the delivery of a reply went on by itself. An old line does not tell, nor does one whose reply is not shown. */
function outcome({ way }: TimelineLine, { notice, isReplyShown = false }: About): string {
  if (notice) return HAPPENED[notice];
  if (way === "mail") return "A mail server reported that a delayed reply has arrived";
  return way && isReplyShown ? "A reply went out after all" : "The delivery of a reply was settled";
}

function settling(line: TimelineLine, readerId: string): string {
  const status = newStatus(line);
  const done = `${actorOf(line, readerId)} ${DECISIONS[line.action ?? "unknown"]}${byWay(line)}`;
  return status ? `${done}, which made this ${status} again` : done;
}

function unclaiming(line: TimelineLine, readerId: string): string {
  const by = nameOf(line.by, readerId);
  const assignee = nameOf(line.assignee, readerId);
  if (line.reason === "removed") return `${removal(by, assignee)} from the team, so this was unclaimed`;
  if (!by) return `${possessive(assignee)} claim ended`;
  const isOwn = !assignee || line.by?.id === line.assignee?.id;
  return `${by} unclaimed this${isOwn ? "" : ` for ${objectOf(line.assignee, readerId)}`}${byWay(line)}`;
}

function removal(by: string | null, member: string | null): string {
  if (by) return `${by} removed ${member === "You" ? "you" : (member ?? "somebody")}`;
  return member === "You" ? "You were removed" : `${member ?? "Somebody"} was removed`;
}

function handingOver(line: TimelineLine, readerId: string): string {
  const { by, assignee, formerAssignee, givenBy } = line;
  const actor = actorOf(line, readerId);
  const from = objectOf(formerAssignee, readerId);
  const to = objectOf(assignee, readerId);
  if (by && by.id === assignee?.id) {
    if (!formerAssignee) return `${actor} claimed this`;
    return `${actor} took this ${givenBy === by.id ? "back " : ""}from ${from}`;
  }
  if (!formerAssignee) return `${actor} gave this, which nobody held, to ${to}`;
  if (formerAssignee.id === by?.id) return `${actor} gave this to ${to}`;
  return `${actor} took this from ${from} and gave it to ${to}`;
}

const UNDONE: Partial<Record<HistoryKind, string>> = {
  claimed: "the claim",
  unclaimed: "the unclaim",
  reassigned: "the hand-over",
  status_changed: "the change of status",
};

function undoing(line: TimelineLine, readerId: string): string {
  const { assignee, formerAssignee, undoes } = line;
  if (line.reason === "removed") return notGiven(line, readerId);
  const gave = assignee ? `gave this back to ${objectOf(assignee, readerId)}` : "unclaimed this";
  const holder = assignee?.id === formerAssignee?.id ? null : gave;
  const status = newStatus(line);
  const effects = [holder, status && `made ${holder ? "it" : "this"} ${status} again`].filter(Boolean);
  const done = `${actorOf(line, readerId)} undid ${(undoes && UNDONE[undoes]) ?? "it"}${byWay(line)}`;
  return effects.length > 0 ? `${done}, which ${effects.join(" and ")}` : done;
}

/** Its receiver was removed just then, so the desk took a hand-over back. */
function notGiven({ assignee, formerAssignee }: TimelineLine, readerId: string): string {
  const was =
    formerAssignee?.id === readerId
      ? "You were"
      : `${nameOf(formerAssignee, readerId) ?? "Its receiver"} was`;
  const back = assignee ? `went back to ${objectOf(assignee, readerId)}` : "was not given";
  return `${was} removed from the team just then, so this ${back}`;
}

function statusChange(line: TimelineLine, by: string): string {
  const isClaim = line.heldBefore === null;
  if (line.statusTo === "resolved") return `${by} ${isClaim ? "claimed and " : ""}resolved this`;
  if (line.statusFrom === "resolved") return `${by} ${isClaim ? "claimed and " : ""}reopened this`;
  return `${by} ${isClaim ? "claimed this and " : ""}set the status to ${statusName(line.statusTo)}`;
}

function replying(line: TimelineLine, readerId: string): string {
  const effects = effectsOfReply(line);
  const replied = `${actorOf(line, readerId)} replied${byWay(line)}`;
  return effects.length > 0 ? `${replied}, which ${effects.join(" and ")}` : replied;
}
