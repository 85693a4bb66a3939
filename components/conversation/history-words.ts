import { firstNameOf } from "@/components/ui/people";
import { ERASED_CUSTOMER, STATUS_NAMES, type TicketStatus, type Way } from "@/lib/api/vocabulary";
import type { TimelineLine } from "./timeline";

// The parts that sentences of a ticket's history are made of.

type Named = TimelineLine["by"] | undefined;

/** "You", or the first name; null if nobody is named. */
export function nameOf(person: Named, readerId: string): string | null {
  if (!person) return null;
  return person.id === readerId ? "You" : firstNameOf(person.name || person.email);
}

/** The same as the object of a sentence: "gave this to you". */
export function objectOf(person: Named, readerId: string): string {
  const name = nameOf(person, readerId);
  return name === "You" ? "you" : (name ?? "somebody");
}

/** Who did it, as the subject of a sentence: the desk itself, if nobody did. */
export function actorOf({ by, way }: TimelineLine, readerId: string): string {
  return nameOf(by, readerId) ?? (way === "system" ? "The desk" : "Somebody");
}

export function possessive(name: string | null): string {
  if (name === "You") return "Your";
  return name ? `${name}’s` : "The";
}

const WAYS: Record<Way, string> = {
  web: "",
  discord: " from Discord",
  slack: " from Slack",
  mail: " by mail",
  system: "",
};

/** The end of what somebody did, if it was not in the browser: " by mail". */
export function byWay({ by, way }: TimelineLine): string {
  return by && way ? WAYS[way] : "";
}

/** The writer of a mail as the subject of a sentence. */
export function writerWords(writer: string): string {
  return writer === ERASED_CUSTOMER ? "The erased customer" : firstNameOf(writer);
}

export function statusName(status: TicketStatus | null): string {
  return STATUS_NAMES[status ?? "open"];
}

/** The name of the status that a line gave the ticket; null if it had it before. */
export function newStatus({ statusFrom, statusTo }: TimelineLine): string | null {
  return statusTo && statusTo !== statusFrom ? STATUS_NAMES[statusTo] : null;
}

/** All that a mail or a notice changed in the ticket beside its messages, as the end of a sentence; null if nothing. */
export function effectsOf(line: TimelineLine, readerId: string): string | null {
  const status = newStatus(line);
  const former = line.by ? null : nameOf(line.assignee, readerId);
  const effects = [
    ...(status ? [`made this ${status} again`] : []),
    ...(former ? [`unclaimed ${status ? "it" : "this"} (${former} is no longer on the team)`] : []),
  ];
  return effects.length > 0 ? effects.join(" and ") : null;
}

/** The same after what happened: ", which made this Open again". */
export function withEffects(happened: string, line: TimelineLine, readerId: string): string {
  const effects = effectsOf(line, readerId);
  return effects ? `${happened}, which ${effects}` : happened;
}

/** The effects of a reply beside being sent. In progress is no effect: every reply sets it. */
export function effectsOfReply({ heldBefore, statusFrom, statusTo }: TimelineLine): string[] {
  const isNewStatus = statusTo && statusTo !== statusFrom && statusTo !== "in_progress";
  return [
    ...(heldBefore === null ? ["claimed this"] : []),
    ...(isNewStatus ? [`set the status to ${statusName(statusTo)}`] : []),
  ];
}
