import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NobodyWaiting } from "@/components/tickets/EmptyLists";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { answer, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket, TOMAS } from "@/tests/support/screen/on-desk";

const UNASSIGNED = "GET /api/emails/tickets/unassigned";
const CLAIM = "POST /api/emails/claim";
const mike = ticket({ fromName: "Mike Brandt", subject: "Payment failed" });
const lisa = ticket({ fromName: "Lisa Okonjo", subject: "API question" });

const list = (...tickets: TicketSummary[]) => ({ tickets, nextCursor: null });
/** Lets time pass in small steps, so that a timer that starts after a render runs too. */
async function later(ms: number) {
  for (let passed = 0; passed < ms; passed += 100) await act(() => vi.advanceTimersByTimeAsync(100));
}
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
const rows = () => screen.getAllByRole("listitem").map((row) => within(row).getByRole("link").textContent);
const unassigned = <TicketsList view="unassigned" empty={<NobodyWaiting />} />;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the states of a list", () => {
  test("shows a skeleton while waiting", async () => {
    const held = heldAnswer();
    answer(UNASSIGNED, held.answering);
    renderOnDesk(unassigned);
    expect(screen.getByText("Loading tickets")).toBeInTheDocument();
    held.give(ok(list(mike)));
    expect(await screen.findByRole("link", { name: "Payment failed" })).toBeInTheDocument();
  });

  test("says that nobody is waiting if the list is empty", async () => {
    answer(UNASSIGNED, list());
    renderOnDesk(unassigned);
    expect(await screen.findByRole("heading", { name: "Nobody is waiting" })).toBeInTheDocument();
  });

  test("says that it could not be loaded, and loads after Try again", async () => {
    answer(UNASSIGNED, () => "unreachable");
    renderOnDesk(unassigned);
    expect(await screen.findByRole("heading", { name: "The tickets can’t be loaded" })).toBeInTheDocument();

    answer(UNASSIGNED, list(mike));
    await user().click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "Payment failed" })).toBeInTheDocument();
  });

  test("shows sender and subject, and links to the ticket", async () => {
    answer(UNASSIGNED, list(mike, lisa));
    renderOnDesk(unassigned);
    expect(await screen.findByText("Mike Brandt")).toBeInTheDocument();
    expect(rows()).toEqual(["Payment failed", "API question"]);
    expect(screen.getByRole("link", { name: "API question" })).toHaveAttribute(
      "href",
      `/dashboard/tickets/${lisa._id}`,
    );
    expect(screen.getByRole("button", { name: "Claim API question" })).toBeInTheDocument();
  });
});

describe("a list that is kept up to date", () => {
  test("keeps its rows while the desk can't be reached", async () => {
    answer(UNASSIGNED, list(mike));
    renderOnDesk(<TicketsList view="unassigned" initial={list(mike)} empty={null} />);
    await later(100);
    answer(UNASSIGNED, () => "unreachable");
    await later(4_000);
    expect(screen.getByRole("link", { name: "Payment failed" })).toBeInTheDocument();
  });

  test("shows a new ticket within 2 seconds", async () => {
    answer(UNASSIGNED, list(mike));
    renderOnDesk(<TicketsList view="unassigned" initial={list(mike)} empty={null} />);
    await later(100);
    answer(UNASSIGNED, list(mike, lisa));
    await later(2_000);
    expect(rows()).toEqual(["Payment failed", "API question"]);
  });

  test("names the member who claimed a ticket elsewhere before its row leaves", async () => {
    answer(UNASSIGNED, list(mike, lisa));
    renderOnDesk(<TicketsList view="unassigned" initial={list(mike, lisa)} empty={null} />);
    await later(100);
    answer(`GET /api/emails/tickets/${mike._id}`, {
      ticket: { ...mike, ...heldBy(PRIYA) },
      messages: [],
      history: [],
    });
    answer(UNASSIGNED, list(lisa));
    await later(2_000);
    expect(rowOf("Payment failed")).toHaveTextContent("Priya claimed this");
    expect(within(rowOf("Payment failed")).queryByRole("button")).not.toBeInTheDocument();

    await later(5_000);
    expect(rows()).toEqual(["API question"]);
  });

  test("keeps a claimed row for a moment to say so", async () => {
    answer(UNASSIGNED, list(mike, lisa));
    answer(CLAIM, () => {
      answer(UNASSIGNED, list(lisa));
      return ok({ success: true, ...heldBy(MAYA) });
    });
    renderOnDesk(<TicketsList view="unassigned" initial={list(mike, lisa)} empty={null} />);
    await later(100);
    await user().click(screen.getByRole("button", { name: "Claim Payment failed" }));
    await later(1_000);
    expect(rowOf("Payment failed")).toHaveTextContent("Yours. Reply");

    await later(5_000);
    expect(rows()).toEqual(["API question"]);
  });

  test("shows a lost claim in its row for 4 seconds, then drops the row", async () => {
    answer(UNASSIGNED, list(mike, lisa));
    answer(CLAIM, () => {
      answer(UNASSIGNED, list(lisa));
      return refusal(409, "already_claimed", "Priya Nair has already claimed this ticket.", heldBy(PRIYA));
    });
    renderOnDesk(<TicketsList view="unassigned" initial={list(mike, lisa)} empty={null} />);
    await later(100);
    await user().click(screen.getByRole("button", { name: "Claim Payment failed" }));
    await later(3_000);
    expect(within(rowOf("Payment failed")).getByRole("status")).toHaveTextContent("Priya claimed this");

    await later(2_500);
    expect(rows()).toEqual(["API question"]);
  });

  test("loads more tickets after the last one of the page", async () => {
    const path = "GET /api/emails/tickets";
    answer(path, ({ query }: { query: URLSearchParams }) =>
      ok(query.get("cursor") === "1-c" ? list(lisa) : { tickets: [mike], nextCursor: "1-c" }),
    );
    renderOnDesk(<TicketsList view="all" empty={null} />);
    await user().click(await screen.findByRole("button", { name: "Load more" }));
    await later(100);
    expect(rows()).toEqual(["Payment failed", "API question"]);
    expect(screen.queryByRole("button", { name: "Load more" })).not.toBeInTheDocument();
  });
});

describe("the actions of a row", () => {
  const held = ticket({ subject: "Held by Tomás", ...heldBy(TOMAS) });

  test.each([
    ["let an admin unclaim for somebody else", MAYA, 1],
    ["do not let a member do so", PRIYA, 0],
  ])("%s", async (_title, member, menus) => {
    answer("GET /api/emails/tickets", list(held));
    renderOnDesk(<TicketsList view="all" empty={null} />, { member });
    expect(await screen.findByText("Tomás")).toBeInTheDocument();
    expect(screen.queryAllByRole("button", { name: "More for Held by Tomás" })).toHaveLength(menus);
    expect(screen.queryByRole("button", { name: /Claim/ })).not.toBeInTheDocument();
  });

  test("are hidden from a viewer", async () => {
    answer(UNASSIGNED, list(mike));
    renderOnDesk(unassigned, { member: { ...PRIYA, role: "viewer" } });
    expect(await screen.findByRole("link", { name: "Payment failed" })).toBeInTheDocument();
    expect(screen.queryByRole("button")).not.toBeInTheDocument();
  });

  test("are Reply and Unclaim on own tickets", async () => {
    answer(
      "GET /api/emails/tickets/mine",
      list(ticket({ _id: "b".repeat(24), subject: "Mine", ...heldBy(MAYA) })),
    );
    renderOnDesk(<TicketsList view="mine" empty={null} />);
    expect(await screen.findByRole("link", { name: "Reply to Mine" })).toHaveAttribute(
      "href",
      `/dashboard/tickets/${"b".repeat(24)}#reply`,
    );
    expect(screen.getByRole("button", { name: "Unclaim Mine" })).toBeInTheDocument();
  });
});

function rowOf(subject: string): HTMLElement {
  const row = screen.getByRole("link", { name: subject }).closest("li");
  if (!row) throw new Error(`No row for ${subject}`);
  return row;
}
