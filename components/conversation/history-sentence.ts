import { firstNameOf } from "@/components/ui/people";
import { STATUS_NAMES, type DeliveryAction, type Notice, type TicketStatus } from "@/lib/api/vocabulary";
import { peopleChange } from "./people-change";
import type { TimelineLine } from "./timeline";

/** Who wrote the mail that a line is about, and the kind of the notice that was filed with it, if any. */
type About = { writer: string; notice: Notice["kind"] | null };

/** The text of a history line, without its time; null if a message card already shows it. */
export function historySentence(
  line: TimelineLine,
  readerId: string,
  { writer, notice }: About,
): string | null {
  const by = nameOf(line.by, readerId);
  switch (line.kind) {
    case "received":
      return null;
    case "customer_replied":
      return reopening(line, `${firstNameOf(writer)}’s answer`);
    case "claimed":
      return `${by ?? "Somebody"} claimed this`;
    case "unclaimed":
      return unclaiming(line, by, readerId);
    case "reassigned":
    case "declined":
    case "undone":
      return null;
    case "status_changed":
      return statusChange(line, by ?? "Somebody");
    case "replied":
      return replying(line, by);
    case "delivery_settled":
      return by ? settling(line, by) : reopening(line, CAUSES[notice ?? "unknown"]);
    case "came_back":
    case "delayed":
      return reopening(line, CAUSES[line.kind]);
    case "seen":
      return seeing(line, by ?? "Somebody");
    case "card_requested":
      return by && `${by} asked for the card again`;
    case "participants_changed":
      return by && `${by} ${peopleChange(line)}`;
    case "bodies_removed":
      return "Texts and files were removed, since the desk keeps closed tickets for a limited time";
    case "customer_erased":
      return `${by ?? "An admin"} erased what was stored of a customer`;
  }
}

const DECISIONS: Record<DeliveryAction | "unknown", string> = {
  retry: "retried a refused reply",
  send_again: "sent a reply again",
  mark_sent: "marked a reply as sent",
  undo: "took a reply back",
  unknown: "settled the delivery of a reply",
};

/** Why a ticket is open again, as the start of a sentence. */
const CAUSES: Record<Notice["kind"] | "unknown", string> = {
  came_back: "The mail that came back",
  failed: "The reply that was refused",
  unconfirmed: "The reply that nobody confirmed",
  delayed: "The reply that is delayed",
  undone: "The reply that was undone",
  unknown: "The delivery of a reply",
};

/** Null if the ticket was open already. */
function reopening(line: TimelineLine, cause: string): string | null {
  const status = newStatus(line);
  return status && `${cause} made this ${status} again`;
}

function settling(line: TimelineLine, by: string): string {
  const status = newStatus(line);
  return `${by} ${DECISIONS[line.action ?? "unknown"]}${status ? `, which made this ${status} again` : ""}`;
}

function seeing({ heldBefore }: TimelineLine, by: string): string {
  return heldBefore === null ? `${by} claimed this and marked it as seen` : `${by} marked this as seen`;
}

/** The name of the status that a line gave the ticket; null if it had it before. */
function newStatus({ statusFrom, statusTo }: TimelineLine): string | null {
  return statusTo && statusTo !== statusFrom ? STATUS_NAMES[statusTo] : null;
}

function unclaiming(line: TimelineLine, by: string | null, readerId: string): string {
  const assignee = nameOf(line.assignee, readerId);
  if (line.reason === "removed") return `${removal(by, assignee)} from the team, so this was unclaimed`;
  if (!by) return `${possessive(assignee)} claim ended`;
  const isOwn = !assignee || line.by?.id === line.assignee?.id;
  return isOwn ? `${by} unclaimed this` : `${by} unclaimed this for ${assignee === "You" ? "you" : assignee}`;
}

function removal(by: string | null, member: string | null): string {
  if (by) return `${by} removed ${member === "You" ? "you" : (member ?? "somebody")}`;
  return member === "You" ? "You were removed" : `${member ?? "Somebody"} was removed`;
}

function statusChange(line: TimelineLine, by: string): string {
  const isClaim = line.heldBefore === null;
  if (line.statusTo === "resolved") return `${by} ${isClaim ? "claimed and " : ""}resolved this`;
  if (line.statusFrom === "resolved") return `${by} ${isClaim ? "claimed and " : ""}reopened this`;
  return `${by} ${isClaim ? "claimed this and " : ""}set the status to ${statusName(line.statusTo)}`;
}

/** Only for other effects of a reply, which has a card. In progress is no effect: every reply sets it. */
function replying(line: TimelineLine, by: string | null): string | null {
  const isNewStatus = line.statusTo !== line.statusFrom && line.statusTo !== "in_progress";
  const effects: string[] = [];
  if (line.heldBefore === null) effects.push("claimed this");
  if (line.statusTo && isNewStatus) effects.push(`set the status to ${statusName(line.statusTo)}`);
  return effects.length > 0 ? `${possessive(by)} reply ${effects.join(" and ")}` : null;
}

function statusName(status: TicketStatus | null): string {
  return STATUS_NAMES[status ?? "open"];
}

function nameOf(person: TimelineLine["by"], readerId: string): string | null {
  if (!person) return null;
  return person.id === readerId ? "You" : firstNameOf(person.name || person.email);
}

function possessive(name: string | null): string {
  if (name === "You") return "Your";
  return name ? `${name}’s` : "The";
}
