import { firstNameOf } from "@/components/ui/people";
import { STATUS_NAMES, type DeliveryAction, type TicketStatus } from "@/lib/api/vocabulary";
import type { ToldLine } from "./timeline";

/** What the line tells that no message card shows already, up to its time; null where that is nothing. */
export function historySentence(line: ToldLine, readerId: string, customer: string): string | null {
  const by = nameOf(line.by, readerId);
  switch (line.kind) {
    case "received":
      return null;
    case "customer_replied":
      return reopening(line, customer);
    case "claimed":
      return `${by ?? "Somebody"} claimed this`;
    case "unclaimed":
      return unclaiming(line, by, readerId);
    case "status_changed":
      return statusChange(line, by ?? "Somebody");
    case "replied":
      return replying(line, by);
    case "delivery_settled":
      return by && `${by} ${DECISIONS[line.action ?? "unknown"]}`;
    case "card_requested":
      return by && `${by} asked for the card again`;
  }
}

const DECISIONS: Record<DeliveryAction | "unknown", string> = {
  retry: "had a refused reply tried again",
  send_again: "had a reply sent again",
  mark_sent: "marked a reply as sent",
  undo: "took a reply back",
  unknown: "settled the delivery of a reply",
};

function reopening(line: ToldLine, customer: string): string | null {
  if (!line.statusTo || line.statusTo === line.statusFrom) return null;
  return `${firstNameOf(customer)}’s answer made this ${STATUS_NAMES[line.statusTo]} again`;
}

function unclaiming(line: ToldLine, by: string | null, readerId: string): string {
  const holder = nameOf(line.assignee, readerId);
  if (!by) return `${possessive(holder)} claim ended`;
  const isOwn = !holder || line.by?.id === line.assignee?.id;
  return isOwn ? `${by} unclaimed this` : `${by} unclaimed this for ${holder === "You" ? "you" : holder}`;
}

function statusChange(line: ToldLine, by: string): string {
  const isClaim = line.heldBefore === null;
  if (line.statusTo === "resolved") return `${by} ${isClaim ? "claimed and " : ""}resolved this`;
  if (line.statusFrom === "resolved") return `${by} ${isClaim ? "claimed and " : ""}reopened this`;
  return `${by} ${isClaim ? "claimed this and " : ""}set the status to ${statusName(line.statusTo)}`;
}

/** A reply has its card; worth a line is only what it changed besides. In progress is what every reply makes it. */
function replying(line: ToldLine, by: string | null): string | null {
  const isNewStatus = line.statusTo !== line.statusFrom && line.statusTo !== "in_progress";
  const effects: string[] = [];
  if (line.heldBefore === null) effects.push("claimed this");
  if (line.statusTo && isNewStatus) effects.push(`set the status to ${statusName(line.statusTo)}`);
  return effects.length > 0 ? `${possessive(by)} reply ${effects.join(" and ")}` : null;
}

function statusName(status: TicketStatus | null): string {
  return STATUS_NAMES[status ?? "open"];
}

function nameOf(person: ToldLine["by"], readerId: string): string | null {
  if (!person) return null;
  return person.id === readerId ? "You" : firstNameOf(person.name || person.email);
}

function possessive(name: string | null): string {
  if (name === "You") return "Your";
  return name ? `${name}’s` : "The";
}
