import type { HistoryLine, TicketMessage } from "@/lib/api/vocabulary";

/** A history line with facts from the lines before it; undefined if the given history does not go back that far. */
export type TimelineLine = HistoryLine & {
  /** The id of the assignee. */
  heldBefore: string | null | undefined;
  /** The id of the member who gave the ticket to its assignee, if the assignee has not worked on it since. */
  givenBy: string | null | undefined;
  /** An earlier line is about the same mail: only a copy of it came. */
  isCopy: boolean;
};

type TimelineItem =
  | { kind: "message"; key: string; message: TicketMessage }
  | { kind: "line"; key: string; line: TimelineLine };

/**
 * Messages in the given order, with each history line in its place by time. A line that a message caused comes right
 * after that message, even if the clocks differ.
 */
export function buildTimeline(messages: TicketMessage[], history: HistoryLine[]): TimelineItem[] {
  const lines = withFacts(history).map(toItem);
  const shown = new Set(messages.map((message) => message._id));
  const [caused, loose] = partition(lines, ({ line }) => isCause(line) && shown.has(line.messageId ?? ""));

  const items: TimelineItem[] = [];
  for (const message of messages) {
    const effects = caused.filter(({ line }) => line.messageId === message._id);
    const writtenAt = effects[0]?.line.at ?? message.sentAt;
    items.push(
      ...loose.splice(
        0,
        countWhile(loose, ({ line }) => line.at < writtenAt),
      ),
    );
    items.push({ kind: "message", key: message._id, message }, ...effects);
  }
  return [...items, ...loose];
}

/** True for a line of the same write that stored its message. */
function isCause(line: HistoryLine): boolean {
  return line.kind === "received" || line.kind === "customer_replied" || line.kind === "replied";
}

type LineItem = Extract<TimelineItem, { kind: "line" }>;

function toItem(line: TimelineLine): LineItem {
  return { kind: "line", key: `line-${line.revision}`, line };
}

/** The lines in the given order, oldest first, each with facts from those before it. */
export function withFacts(history: HistoryLine[]): TimelineLine[] {
  const mails = new Set<string | null>();
  let held: Held = history[0]?.revision === 1 ? { assignee: null, giver: null } : UNKNOWN;
  return history.map((line) => {
    const { assignee: heldBefore, giver: givenBy } = held;
    const isCopy = line.kind === "received" && line.messageId !== null && mails.has(line.messageId);
    held = heldAfter(line, held);
    mails.add(line.messageId);
    return { ...line, heldBefore, givenBy, isCopy };
  });
}

/** Ids of the assignee, and of the member who gave them the ticket. */
type Held = { assignee: string | null | undefined; giver: string | null | undefined };

const UNKNOWN: Held = { assignee: undefined, giver: undefined };
const NOBODY: Held = { assignee: null, giver: null };

function heldAfter(line: HistoryLine, before: Held): Held {
  const { by, assignee } = line;
  switch (line.kind) {
    case "claimed":
    case "replied":
    case "status_changed":
    case "seen":
      return { assignee: by?.id ?? before.assignee, giver: null };
    case "reassigned":
      return { assignee: assignee?.id ?? null, giver: by && by.id !== assignee?.id ? by.id : null };
    case "undone":
      return { assignee: assignee?.id ?? null, giver: undefined };
    case "unclaimed":
    case "declined":
      return NOBODY;
    case "received":
    case "customer_replied":
    case "came_back":
    case "delayed":
    case "delivery_settled":
      return !by && assignee ? NOBODY : before; // the assignee had left the team
    case "card_requested":
    case "participants_changed":
    case "bodies_removed":
    case "customer_erased":
      return before;
  }
}

function countWhile<Item>(items: Item[], holds: (item: Item) => boolean): number {
  const end = items.findIndex((item) => !holds(item));
  return end === -1 ? items.length : end;
}

function partition<Item>(items: Item[], holds: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
}
