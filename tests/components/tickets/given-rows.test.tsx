import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { isNewTo } from "@/components/tickets/seen";
import { TicketsList } from "@/components/tickets/TicketsList";
import { isInList } from "@/lib/api/ticket-lists";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { person } from "@/tests/support/factories/conversations";
import { answer } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket, TOMAS } from "@/tests/support/screen/on-desk";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const given = (note: string | null = "She called twice.") =>
  ticket({
    subject: "Refund",
    excerpt: "Where is it?",
    lastInboundAt: minutesAgo(50),
    ...heldBy(PRIYA),
    handover: { by: person(MAYA), at: minutesAgo(5), note },
  });
const declined = (overrides: Partial<TicketSummary> = {}) =>
  ticket({
    subject: "Refund",
    excerpt: "Where is it?",
    givenBackTo: TOMAS.id,
    attention: { kind: "declined", at: minutesAgo(8), messageId: "a".repeat(64), cause: null },
    ...overrides,
  });
const row = () => {
  const found = screen.getByRole("link", { name: "Refund" }).closest("li");
  if (!found) throw new Error("no row");
  return found;
};
function open(view: "mine" | "all", shown: TicketSummary, member = TOMAS) {
  const initial = { tickets: [shown], nextCursor: null };
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer(`GET /api/emails/tickets${view === "all" ? "" : "/mine"}`, initial);
  renderOnDesk(<TicketsList view={view} initial={initial} empty={null} />, { member });
}

beforeEach(() => localStorage.clear());

describe("a row of a ticket that somebody gave to the reader", () => {
  test("says who gave it and their note before the text", () => {
    open("mine", given(), PRIYA);
    expect(row()).toHaveTextContent("RefundMaya gave you this: She called twice. Where is it?");
    expect(screen.getByText(/^Maya gave you this/).closest("span")).toHaveClass("text-mine");
  });

  test("says so without a note too", () => {
    open("mine", given(null), PRIYA);
    expect(row()).toHaveTextContent("RefundMaya gave you this. Where is it?");
  });

  test("tells others nothing of it", () => {
    open("all", given(), TOMAS);
    expect(screen.queryByText(/gave you/)).not.toBeInTheDocument();
  });

  test("is new until the receiver has looked at it", () => {
    const shown = given();
    expect(isNewTo(PRIYA.id, shown, { since: minutesAgo(20), at: {} })).toBe(true);
    expect(isNewTo(PRIYA.id, shown, { since: minutesAgo(20), at: { [shown._id]: minutesAgo(1) } })).toBe(
      false,
    );
    expect(isNewTo(TOMAS.id, shown, { since: minutesAgo(20), at: {} })).toBe(false);
  });
});

describe("a declined ticket in the giver's Mine", () => {
  test("needs a look, says that nobody holds it, and can be claimed or opened", async () => {
    open("mine", declined());
    expect(screen.getByRole("heading", { name: /^Needs a look/ })).toBeVisible();
    expect(row()).toHaveTextContent("RefundDeclined: nobody holds it now. Where is it?");
    const actions = within(row());
    expect(actions.getByRole("button", { name: "Claim Refund" })).toBeEnabled();
    expect(actions.queryByRole("button", { name: /Unclaim/ })).not.toBeInTheDocument();
    expect(actions.queryByRole("link", { name: /Reply/ })).not.toBeInTheDocument();
    await userEvent.click(actions.getByRole("button", { name: "More for Refund" }));
    expect(actions.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual(["Open"]);
  });

  test.each([
    ["a colleague", TOMAS, "Priya declined it: “At the dentist.”"],
    ["whoever declined it", PRIYA, "You declined it: “At the dentist.”"],
  ])("says who declined it and why, to %s", (_, member, words) => {
    open("all", declined({ declined: { by: person(PRIYA), reason: "At the\ndentist." } }), member);
    expect(row()).toHaveTextContent(`Refund${words} Where is it?`);
  });

  test("can be given to somebody else by an admin", async () => {
    open("mine", declined({ givenBackTo: MAYA.id }), MAYA);
    await userEvent.click(screen.getByRole("button", { name: "More for Refund" }));
    const names = screen.getAllByRole("menuitem").map(({ textContent }) => textContent);
    expect(names).toEqual(["Open", "Assign to…"]);
  });

  test.each<[string, Partial<TicketSummary>, boolean]>([
    ["stands there whatever status the list is filtered by", {}, true],
    ["leaves it once somebody holds it", heldBy(PRIYA), false],
    ["leaves it once it is resolved", { status: "resolved" }, false],
    ["is in nobody else's", { givenBackTo: PRIYA.id }, false],
  ])("%s", (_title, overrides, isThere) => {
    const list = { view: "mine", filter: { status: "waiting" }, reader: TOMAS.id } as const;
    expect(isInList(list, declined(overrides))).toBe(isThere);
  });
});
