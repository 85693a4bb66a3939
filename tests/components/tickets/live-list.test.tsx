import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useCounts } from "@/components/client/use-counts";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { answer, askedFor, ok, type AskedRequest } from "@/tests/support/screen/desk-answers";
import { breakOff, nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const UNASSIGNED = "GET /api/emails/tickets/unassigned";
const COUNTS = "GET /api/emails/tickets/counts";
const list = (...tickets: TicketSummary[]) => ({ tickets, nextCursor: null as string | null });
const subjects = () => screen.queryAllByRole("link").flatMap(({ textContent }) => textContent ?? []);
const later = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 100) await act(() => vi.advanceTimersByTimeAsync(100));
};
const mike = ticket({ subject: "Payment failed", receivedAt: "2026-03-10T09:00:00.000Z" });
const lisa = ticket({ subject: "API question", receivedAt: "2026-03-10T10:00:00.000Z" });
const readAt = () => new Date(Date.now() - 100).toISOString();
const from = () => new Date(Date.now() - 2_000).toISOString();

function Counters() {
  return <output>{JSON.stringify(useCounts().counts)}</output>;
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  useTestStream();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Unassigned as the server rendered it just now, with its stream. Any request fails the test unless it is answered. */
function openUnassigned(rendered = list(mike, lisa)) {
  renderOnDesk(
    <>
      <Counters />
      <TicketsList view="unassigned" initial={rendered} readAt={readAt()} empty={null} />
    </>,
  );
  say("hello", { from: from() });
}

describe("a list with the live stream", () => {
  test("names the member who claimed a ticket, drops its row, and counts, without a request", async () => {
    openUnassigned();
    await later(20_000);
    say("rows", { rows: [nextOf(mike, heldBy(PRIYA))] });
    say("counts", { unassigned: 1 });
    await later(200);
    expect(screen.getByText("Payment failed").closest("li")).toHaveTextContent("Priya claimed this");
    expect(screen.getByText(JSON.stringify({ ...NO_COUNTS, unassigned: 1 }))).toBeInTheDocument();
    await later(5_000);
    expect(subjects()).toEqual(["API question"]);
  });

  test("is pending for its own claim until the event has come, and sends nothing but the claim", async () => {
    openUnassigned();
    const claimed = heldBy(MAYA);
    answer("POST /api/emails/claim", { success: true, ...claimed });
    await userEvent
      .setup({ advanceTimers: vi.advanceTimersByTime })
      .click(screen.getByRole("button", { name: "Claim Payment failed" }));
    await later(500);
    expect(screen.getByRole("button", { name: "Claiming Payment failed" })).toBeInTheDocument();
    say("rows", { rows: [nextOf(mike, claimed)] });
    await later(100);
    expect(screen.getByText("Yours.")).toBeInTheDocument();
  });

  test("is read once after its own claim if no event comes", async () => {
    openUnassigned();
    answer("POST /api/emails/claim", { success: true, ...heldBy(MAYA) });
    answer(UNASSIGNED, list(lisa));
    await userEvent
      .setup({ advanceTimers: vi.advanceTimersByTime })
      .click(screen.getByRole("button", { name: "Claim Payment failed" }));
    await later(1_500);
    expect(screen.getByText("Yours.")).toBeInTheDocument();
    expect(askedFor(UNASSIGNED)).toHaveLength(1);
    expect(askedFor(COUNTS)).toEqual([]);
  });

  test("reads the next page once others have shortened it", async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      ticket({ subject: `Row ${index}`, receivedAt: new Date(Date.UTC(2026, 2, 1, 0, index)).toISOString() }),
    );
    const next = ticket({ subject: "Next page", receivedAt: "2026-03-02T00:00:00.000Z" });
    answer(UNASSIGNED, ({ query }: AskedRequest) => ok(query.get("cursor") === "1-c" ? list(next) : list()));
    openUnassigned({ tickets: many, nextCursor: "1-c" });
    say("rows", { rows: many.slice(0, 20).map((row) => nextOf(row, heldBy(PRIYA))) });
    await later(200);
    expect(askedFor(UNASSIGNED)).toEqual([]);
    say("rows", { rows: many.slice(20, 21).map((row) => nextOf(row, heldBy(PRIYA))) });
    await later(200);
    expect(askedFor(UNASSIGNED).map(({ query }) => query.get("cursor"))).toEqual(["1-c"]);
    await later(6_000);
    expect(subjects()).toHaveLength(30);
    expect(subjects()).toContain("Next page");
  });

  test("is read again if its stream cannot tell what was missed, and if too much changed", async () => {
    answer(UNASSIGNED, list(lisa));
    openUnassigned();
    say("hello", { from: new Date(Date.now() + 1).toISOString() });
    await later(1_500);
    expect(askedFor(UNASSIGNED)).toHaveLength(1);
    say("any");
    await later(2_500);
    expect(askedFor(UNASSIGNED)).toHaveLength(2);
    await later(20_000);
    expect(askedFor(UNASSIGNED)).toHaveLength(2);
  });

  test("keeps the events that come while it is read", async () => {
    openUnassigned();
    answer(UNASSIGNED, () => {
      say("rows", { rows: [nextOf(mike, heldBy(PRIYA))] });
      return ok(list(mike, lisa)); // read before that
    });
    say("any");
    await later(2_500);
    expect(askedFor(UNASSIGNED)).toHaveLength(1);
    await later(6_000);
    expect(subjects()).toEqual(["API question"]);
  });

  test("polls while its stream is lost", async () => {
    answer(UNASSIGNED, list(mike, lisa));
    answer(COUNTS, NO_COUNTS);
    openUnassigned();
    breakOff();
    answer(UNASSIGNED, list(lisa));
    answer(`GET /api/emails/tickets/${mike._id}`, { ticket: { ...mike, ...heldBy(PRIYA) } });
    await later(1_900);
    expect(screen.getByText("Payment failed").closest("li")).toHaveTextContent("Priya claimed this");
    expect(askedFor(`GET /api/emails/tickets/${mike._id}`)[0]?.query.get("cursor")).toMatch(/^0-0+-0$/);
  });
});
