import { firstNameOf } from "@/components/ui/people";
import type { BulkResult } from "@/lib/api/contracts";
import { STATUS_NAMES, type BulkAct } from "@/lib/api/vocabulary";

// How screens name acts on many tickets, and their outcome.

/** An act as screens name it; `assignee` has the name that is shown. */
export type NamedAct =
  Exclude<BulkAct, { action: "reassign" }> | { action: "reassign"; assignee: { id: string; name: string } };

/** "12", "1,000". */
export function countText(count: number): string {
  return count.toLocaleString("en");
}

export function ticketsText(count: number): string {
  return count === 1 ? "1 ticket" : `${countText(count)} tickets`;
}

/** "Claim all 240 tickets", for a question. */
export function orderText(act: NamedAct, tickets: string): string {
  switch (act.action) {
    case "claim":
      return `Claim ${tickets}`;
    case "unclaim":
      return `Unclaim ${tickets}`;
    case "undo":
      return `Undo the change of ${tickets}`;
    case "reassign":
      return `Give ${tickets} to ${firstNameOf(act.assignee.name)}`;
    case "status":
      return act.status === "resolved"
        ? `Resolve ${tickets}`
        : `Set ${tickets} to ${STATUS_NAMES[act.status]}`;
  }
}

/** "Claiming 240 of 1,000". */
export function doingText(act: NamedAct, amount: string): string {
  switch (act.action) {
    case "claim":
      return `Claiming ${amount}`;
    case "unclaim":
      return `Unclaiming ${amount}`;
    case "undo":
      return `Undoing ${amount}`;
    case "reassign":
      return `Giving ${amount} to ${firstNameOf(act.assignee.name)}`;
    case "status":
      return act.status === "resolved"
        ? `Resolving ${amount}`
        : `Setting ${amount} to ${STATUS_NAMES[act.status]}`;
  }
}

/** "Claimed 4 of 5". */
export function doneText(act: NamedAct, amount: string): string {
  switch (act.action) {
    case "claim":
      return `Claimed ${amount}`;
    case "unclaim":
      return `Unclaimed ${amount}`;
    case "undo":
      return `Undid ${amount}`;
    case "reassign":
      return `Gave ${amount} to ${firstNameOf(act.assignee.name)}`;
    case "status":
      return act.status === "resolved"
        ? `Resolved ${amount}`
        : `Set ${amount} to ${STATUS_NAMES[act.status]}`;
  }
}

/** Says of an act without an answer that it was given up. */
export function givenUpText(act: NamedAct): string {
  return `Given up; some tickets may have been ${didOf(act)}.`;
}

function didOf(act: NamedAct): string {
  switch (act.action) {
    case "claim":
      return "claimed";
    case "unclaim":
      return "unclaimed";
    case "undo":
      return "changed back";
    case "reassign":
      return `given to ${firstNameOf(act.assignee.name)}`;
    case "status":
      return act.status === "resolved" ? "resolved" : `set to ${STATUS_NAMES[act.status]}`;
  }
}

type Refused = Extract<BulkResult, { success: false }>;

/** Names a ticket whose row may have left the list. */
type SubjectOf = (threadId: string) => string;

/** "Claimed 4 of 5. One is Priya's." It names the first ticket that was left as it is, unless others hold them all. */
export function sumText(act: NamedAct, results: BulkResult[], subjectOf: SubjectOf): string {
  const refused = results.filter((result) => !result.success);
  const done = results.length - refused.length;
  const part = refused.length === 0 ? countText(done) : `${countText(done)} of ${countText(results.length)}`;
  const amount = done === 0 ? `none of ${countText(results.length)}` : part;
  return [`${doneText(act, amount)}.`, refused.length > 0 && refusedText(refused, subjectOf)]
    .filter(Boolean)
    .join(" ");
}

function refusedText(refused: Refused[], subjectOf: SubjectOf): string {
  const isOne = refused.length === 1;
  const some = isOne ? "One" : countText(refused.length);
  const names = new Set(refused.map((one) => (one.reason === "already_claimed" ? one.assignedToName : null)));
  const [name] = names;
  if (names.size === 1 && name) return `${some} ${isOne ? "is" : "are"} ${firstNameOf(name)}’s.`;
  if (!names.has(null)) return `${some} are held by others.`;
  if (refused.every(({ reason }) => reason === "newer_messages")) {
    return isOne ? "In one somebody wrote since: open it." : `In ${some} somebody wrote since: open them.`;
  }
  const [first] = refused;
  if (!first) return "";
  const subject = subjectOf(first.threadId) || "No subject";
  return `“${subject}”: ${sentence(first.error)}${leftToo(refused.length - 1)}`;
}

function leftToo(count: number): string {
  if (count === 0) return "";
  return count === 1 ? " One more was left as it is." : ` ${countText(count)} more were left as they are.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
