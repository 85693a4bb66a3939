import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { vi } from "vitest";
import { ListHeader } from "@/components/tickets/ListHeader";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { View } from "@/lib/api/ticket-lists";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { answer, askedFor, ok, type Answer, type AskedRequest } from "./desk-answers";
import { NO_COUNTS, renderOnDesk, ticket } from "./on-desk";

export const BULK = "POST /api/emails/bulk";
export const JOBS = "/api/emails/bulk/jobs";

/** Five tickets of a list, in its order. */
export const [one, two, three, four, five] = ["One", "Two", "Three", "Four", "Five"].map((subject, at) =>
  ticket({
    _id: String(at + 1).repeat(24),
    subject,
    receivedAt: `2026-03-10T0${at}:00:00.000Z`,
    lastMessageAt: `2026-03-10T0${9 - at}:00:00.000Z`,
    lastMessageId: String(at + 1).repeat(64),
  }),
) as [TicketSummary, TicketSummary, TicketSummary, TicketSummary, TicketSummary];

const APIS: Record<View, string> = {
  unassigned: "GET /api/emails/tickets/unassigned",
  mine: "GET /api/emails/tickets/mine",
  all: "GET /api/emails/tickets",
};

type Options = Parameters<typeof renderOnDesk>[1] & {
  view?: View;
  tickets?: TicketSummary[];
  nextCursor?: string | null;
};

/** A list page with its tickets as the server has just rendered it; `relist` changes what the desk lists from now on. */
export function openList({ view = "unassigned", nextCursor = null, ...options }: Options = {}) {
  const tickets = options.tickets ?? [one, two, three, four, five];
  const relist = (now: TicketSummary[]) => answer(APIS[view], { tickets: now, nextCursor });
  relist(tickets);
  answer("GET /api/emails/tickets/counts", options.counts ?? NO_COUNTS);
  const rendered = renderOnDesk(
    <TicketsList
      view={view}
      header={<ListHeader title="The list" counter={view} order="" />}
      filters={view === "unassigned" ? undefined : <p>The filters</p>}
      initial={{ tickets, nextCursor }}
      readAt={new Date().toISOString()}
      empty={<p>Nothing here</p>}
    />,
    options,
  );
  return { ...rendered, relist };
}

export const user = () => userEvent.setup(vi.isFakeTimers() ? { advanceTimers: vi.advanceTimersByTime } : {});
/** Lets time pass in small steps, so that a timer that starts after a render runs too. Needs fake timers. */
export async function later(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) await act(() => vi.advanceTimersByTimeAsync(100));
}

export const box = (subject: string) => screen.getByRole("checkbox", { name: `Select ${subject}` });
export const bar = () => within(screen.getByRole("group", { name: "Selection" }));
export const phoneActs = () => within(screen.getByRole("group", { name: "Actions for the selection" }));

/** The subjects of the selected rows. */
export function selected(): string[] {
  const boxes = screen.queryAllByRole("checkbox", { name: /^Select \w+$/, checked: true });
  return boxes.map((element) => element.getAttribute("aria-label")?.replace("Select ", "") ?? "");
}

export function rowOf(subject: string): HTMLElement {
  const row = screen.getByRole("link", { name: subject }).closest("li");
  if (!row) throw new Error(`No row for ${subject}`);
  return row;
}

/** Selects the rows with a click each. */
export async function select(...subjects: string[]): Promise<void> {
  for (const subject of subjects) await user().click(box(subject));
}

type SentItems = { items: { threadId: string }[] };

/** Answers a bulk request: each ticket is done unless `outcomes` has something else for it. */
export function bulkAnswer(outcomes: Record<string, object> = {}) {
  return ({ body }: AskedRequest): Answer => {
    const results = (body as SentItems).items.map(({ threadId }) => ({
      threadId,
      ...(outcomes[threadId] ?? { success: true, canUndo: true }),
    }));
    return ok({ results });
  };
}

/** The bulk requests so far, with their keys. */
export function sentBulks() {
  return askedFor(BULK).map(({ body, headers }) => ({
    body: body as SentItems & Record<string, unknown>,
    key: headers.get("idempotency-key"),
  }));
}

/** The text of the toast. */
export function toast(): string | null {
  const button = screen.queryByRole("button", { name: "Close" });
  return button?.parentElement?.querySelector("span")?.textContent ?? null;
}
