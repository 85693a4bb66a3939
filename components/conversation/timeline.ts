import type { HistoryLine, TicketMessage } from "@/lib/api/vocabulary";

/** A history line with the assignee before it; undefined if the stored history does not go back that far. */
export type TimelineLine = HistoryLine & { heldBefore: string | null | undefined };

type TimelineItem =
  | { kind: "message"; key: string; message: TicketMessage }
  | { kind: "line"; key: string; line: TimelineLine };

/**
 * Messages in the given order, with each history line in its place by time. A line that a message caused comes right
 * after that message, even if the clocks differ.
 */
export function buildTimeline(messages: TicketMessage[], history: HistoryLine[]): TimelineItem[] {
  const lines = withAssignees(history).map(toItem);
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

function withAssignees(history: HistoryLine[]): TimelineLine[] {
  let assignee: string | null | undefined = history[0]?.revision === 1 ? null : undefined;
  return history.map((line) => {
    const heldBefore = assignee;
    assignee = assigneeAfter(line, assignee);
    return { ...line, heldBefore };
  });
}

function assigneeAfter(line: HistoryLine, before: string | null | undefined): string | null | undefined {
  switch (line.kind) {
    case "claimed":
    case "replied":
    case "status_changed":
    case "seen":
      return line.by?.id ?? before;
    case "reassigned":
    case "undone":
      return line.assignee?.id ?? null;
    case "unclaimed":
    case "declined":
      return null;
    case "received":
    case "customer_replied":
    case "delivery_settled":
    case "came_back":
    case "delayed":
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
