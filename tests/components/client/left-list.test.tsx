import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { answer, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const UNASSIGNED = "GET /api/emails/tickets/unassigned";
const COUNTS = "GET /api/emails/tickets/counts";
const mike = ticket({ subject: "Payment failed" });
const list = (...tickets: TicketSummary[]) => ({ tickets, nextCursor: null as string | null });
const later = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 100) await act(() => vi.advanceTimersByTimeAsync(100));
};
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });

/** A list, and a button that goes on to a page without one. */
function Pages({ initial }: { initial: ReturnType<typeof list> }) {
  const [readAt] = useState(() => new Date(Date.now() - 100).toISOString());
  const [isThere, setIsThere] = useState(true);
  return (
    <>
      <button onClick={() => setIsThere(false)}>Go on</button>
      {isThere && <TicketsList view="unassigned" initial={initial} readAt={readAt} empty={null} />}
    </>
  );
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

// An error after the list has left is not caught by any page: it fails these tests as an unhandled one.
describe("a list that has left the page", () => {
  test("lets an event pass that came while its last read was under way", async () => {
    useTestStream();
    renderOnDesk(<Pages initial={list(mike)} />);
    say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
    const read = heldAnswer();
    answer(UNASSIGNED, read.answering);
    say("any");
    await later(2_000);
    say("rows", { rows: [nextOf(mike, heldBy(PRIYA))] });
    await user().click(screen.getByRole("button", { name: "Go on" }));
    read.give("unreachable");
    await later(1_000);
    expect(screen.queryByText("Payment failed")).not.toBeInTheDocument();
  });

  test("lets its next page pass", async () => {
    useTestStream();
    const next = heldAnswer();
    answer(UNASSIGNED, next.answering);
    renderOnDesk(<Pages initial={{ ...list(mike), nextCursor: "1-c" }} />);
    say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
    await user().click(screen.getByRole("button", { name: "Go on" }));
    next.give(ok(list()));
    await later(1_000);
    expect(screen.queryByText("Payment failed")).not.toBeInTheDocument();
  });

  test("lets the answer to a claim pass", async () => {
    answer(UNASSIGNED, list(mike));
    answer(COUNTS, NO_COUNTS);
    const claim = heldAnswer();
    answer("POST /api/emails/claim", claim.answering);
    renderOnDesk(<Pages initial={list(mike)} />);
    await user().click(screen.getByRole("button", { name: "Claim Payment failed" }));
    await user().click(screen.getByRole("button", { name: "Go on" }));
    claim.give(ok({ success: true, ...heldBy(MAYA) }));
    await later(3_000);
    expect(screen.queryByText("Payment failed")).not.toBeInTheDocument();
  });
});
