import { screen } from "@testing-library/react";
import { describe, expect, test } from "vitest";
import { CaughtUp, NothingMatches } from "@/components/tickets/EmptyLists";
import { answer } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const OLDEST = "GET /api/emails/tickets/unassigned";
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

describe("the list of own tickets, if it is empty", () => {
  test("says how many tickets are unclaimed and how long the first one has waited, and links to them", async () => {
    const counts = { ...NO_COUNTS, unassigned: 12, all: 34 };
    answer(OLDEST, { tickets: [ticket({ waitingSince: hoursAgo(5.5) })], nextCursor: "more" });
    renderOnDesk(<CaughtUp />, { counts });
    expect(
      await screen.findByText(/12 are unclaimed; the first one has waited 5 hours\./),
    ).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Go to Unassigned" })).toHaveAttribute(
      "href",
      "/dashboard/tickets/unassigned",
    );
  });

  test("does not say how long the first unclaimed one has waited if its customer does not wait", async () => {
    answer(OLDEST, {
      tickets: [ticket({ receivedAt: hoursAgo(5.5), waitingSince: null })],
      nextCursor: null,
    });
    renderOnDesk(<CaughtUp />, { counts: { ...NO_COUNTS, unassigned: 1 } });
    expect(await screen.findByText(/1 is unclaimed\./)).toBeInTheDocument();
    expect(screen.queryByText(/has waited/)).not.toBeInTheDocument();
  });

  test("says only that all is done if nobody waits", async () => {
    answer("GET /api/emails/tickets/counts", NO_COUNTS);
    answer(OLDEST, { tickets: [], nextCursor: null });
    renderOnDesk(<CaughtUp />);
    expect(screen.getByRole("heading", { name: "You’re all caught up" })).toBeInTheDocument();
    expect(screen.queryByRole("link")).not.toBeInTheDocument();
  });
});

test("a filter that matches nothing can be cleared", () => {
  renderOnDesk(<NothingMatches view="all" filterText="Status is Waiting." />);
  expect(screen.getByText("Status is Waiting.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Clear filters" })).toHaveAttribute("href", "/dashboard/tickets");
});
