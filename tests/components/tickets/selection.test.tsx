import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { heldBy, NO_COUNTS, PRIYA } from "@/tests/support/screen/on-desk";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import {
  bar,
  box,
  five,
  four,
  later,
  one,
  openList,
  phoneActs,
  rowOf,
  select,
  selected,
  three,
  two,
  user,
} from "@/tests/support/screen/selecting";

beforeEach(() => localStorage.clear());

const shiftClick = async (subject: string) => {
  const person = user();
  await person.keyboard("{Shift>}");
  await person.click(box(subject));
  await person.keyboard("{/Shift}");
};

describe("selecting rows", () => {
  test("a click on the checkbox selects the row, and a second one does not any more", async () => {
    openList();
    await select("Two");
    expect(selected()).toEqual(["Two"]);
    await select("Two");
    expect(selected()).toEqual([]);
    expect(screen.queryByRole("group", { name: "Selection" })).not.toBeInTheDocument();
  });

  test("Shift-click selects all rows from the last one, in both directions", async () => {
    openList();
    await select("Four");
    await shiftClick("Two");
    expect(selected()).toEqual(["Two", "Three", "Four"]);
    await shiftClick("Five");
    expect(selected()).toEqual(["Two", "Three", "Four", "Five"]);
  });

  test("the bar says how many, stands in place of the filters, and tells it to a screen reader", async () => {
    openList({ view: "all" });
    expect(screen.getByText("The filters")).toBeInTheDocument();
    await select("One", "Three");
    expect(screen.queryByText("The filters")).not.toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "The list" })).toBeInTheDocument();
    expect(bar().getByText("2 selected")).toBeInTheDocument();
    const told = screen.getAllByRole("status").map((status) => status.textContent);
    expect(told).toContain("2 selected");

    await user().click(bar().getByRole("button", { name: /^Clear/ }));
    expect(selected()).toEqual([]);
    expect(screen.getByText("The filters")).toBeInTheDocument();
  });

  test("the checkbox of the bar is mixed, selects all rows that are shown, then clears", async () => {
    openList();
    await select("Two");
    const all = bar().getByRole("checkbox", { name: "Select all 5 shown" });
    expect(all).toBePartiallyChecked();
    await user().click(all);
    expect(selected()).toEqual(["One", "Two", "Three", "Four", "Five"]);
    await user().click(bar().getByRole("checkbox", { name: "Clear the selection" }));
    expect(selected()).toEqual([]);
  });

  test("gives the focus to the current row if the bar leaves with it", async () => {
    openList();
    await select("Two");
    await user().click(bar().getByRole("button", { name: /^Clear/ }));
    await waitFor(() => expect(screen.getByRole("link", { name: "Two" })).toHaveFocus());
  });

  test("a viewer has no checkboxes and no way to select", () => {
    openList({ member: { ...PRIYA, role: "viewer" } });
    expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Select" })).not.toBeInTheDocument();
  });

  test("on a phone Select shows the acts before anything is selected, and Done hides them", async () => {
    openList();
    await user().click(screen.getByRole("button", { name: "Select" }));
    expect(phoneActs().getByText("Choose tickets to act on them.")).toBeInTheDocument();
    await select("One", "Two");
    expect(phoneActs().getByRole("button", { name: "Claim 2" })).toBeInTheDocument();
    await select("One", "Two");
    expect(bar().getByText("0 selected")).toBeInTheDocument();
    await user().click(bar().getByRole("button", { name: /Done/ }));
    expect(screen.queryByRole("group", { name: "Actions for the selection" })).not.toBeInTheDocument();
  });

  test("an empty list offers no selection", () => {
    openList({ tickets: [] });
    expect(screen.queryByRole("button", { name: "Select" })).not.toBeInTheDocument();
  });
});

describe("a selection while others work", () => {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    useTestStream();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("stays when a selected ticket changes and a new one comes", async () => {
    openList({ tickets: [one, two, three] });
    say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
    await select("One", "Three");
    say("rows", { rows: [nextOf(three, { excerpt: "Something else" }), nextOf(four, {})] });
    await later(200);
    expect(within(rowOf("Three")).getByText("Something else")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Four" })).toBeInTheDocument();
    expect(selected()).toEqual(["One", "Three"]);
  });

  test("loses a ticket that somebody else claims, also when that comes back", async () => {
    openList({ tickets: [one, two, five], counts: NO_COUNTS });
    say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
    await select("One", "Two");
    const claimed = nextOf(one, heldBy(PRIYA));
    say("rows", { rows: [claimed] });
    await later(200);
    expect(bar().getByText("1 selected")).toBeInTheDocument();
    expect(rowOf("One")).toHaveTextContent("Priya claimed this");
    say("rows", {
      rows: [nextOf(claimed.ticket, { assignedTo: null, assignedToName: null, claimedAt: null })],
    });
    await later(200);
    expect(selected()).toEqual(["Two"]);
  });
});
