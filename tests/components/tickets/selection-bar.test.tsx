import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answer, goOffline, goOnline, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS } from "@/tests/support/screen/on-desk";
import {
  bar,
  BULK,
  bulkAnswer,
  later,
  one,
  openList,
  phoneActs,
  rowOf,
  select,
  selected,
  sentBulks,
  toast,
  two,
  user,
} from "@/tests/support/screen/selecting";

const counts = { ...NO_COUNTS, unassigned: 240 };
const button = (name: string | RegExp) => bar().getByRole("button", { name });
const names = () =>
  bar()
    .getAllByRole("button")
    .map((element) => element.getAttribute("aria-label") ?? element.textContent);

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => void vi.useRealTimers());

describe("the places in the bar", () => {
  test("the acts stand before what can vanish, so that none slides under the pointer", async () => {
    openList({ tickets: [one, two], nextCursor: "1-c", counts });
    await select("One");
    const acts = ["ClaimC", "Assign to…A", "Status of the selected tickets"];
    expect(names()).toEqual([...acts, "Select all 2 shown", "ClearDoneEsc"]);
    await user().click(button("Select all 2 shown"));
    expect(names()).toEqual([...acts, "Select all 240 that match", "ClearDoneEsc"]);
  });

  test("a double click on Select all selects what is shown, and neither claims nor selects more", async () => {
    openList({ tickets: [one, two], nextCursor: "1-c", counts });
    await select("One");
    await user().dblClick(button("Select all 2 shown"));
    expect(bar().getByText("2 selected")).toBeInTheDocument();
    expect(sentBulks()).toEqual([]);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("a row under way keeps the room of its own buttons, which cannot be reached", async () => {
    answer(BULK, heldAnswer().answering);
    openList({ tickets: [one, two] });
    await select("One");
    await user().click(button(/^Claim/));
    expect(rowOf("One").querySelector("[inert]")).toHaveTextContent("Claim");
    expect(within(rowOf("One")).queryByRole("button", { name: /Claim/ })).not.toBeInTheDocument();
  });
});

describe("an act that waits for the connection", () => {
  async function claimOffline() {
    openList({ tickets: [one, two] });
    answer(BULK, bulkAnswer());
    await select("One", "Two");
    goOffline();
    await user().click(button(/^Claim/));
    await later(1_000);
  }

  test("a failure is told in red", async () => {
    answer(BULK, () => refusal(429, "too_many_requests", "Too many at once."));
    openList({ tickets: [one] });
    await select("One");
    await user().click(button(/^Claim/));
    await waitFor(() => expect(bar().getByRole("alert")).toHaveTextContent("Too many at once."));
    expect(bar().getByRole("alert")).toHaveClass("text-danger");
  });

  test.each([
    ["Clear", () => user().click(button(/^Clear/))],
    ["Escape", () => user().keyboard("{Escape}")],
  ])(
    "is told in grey, is given up by %s, keeps the selection, and is not sent later",
    async (_name, giveUp) => {
      await claimOffline();
      expect(bar().getByRole("alert")).toHaveTextContent("Waiting for the connection");
      expect(bar().getByRole("alert")).not.toHaveClass("text-danger");
      await giveUp();
      await later(500);
      expect(bar().getByText("Given up; some tickets may have been claimed.")).toBeInTheDocument();
      expect(selected()).toEqual(["One", "Two"]);
      goOnline();
      await later(3_000);
      expect(sentBulks()).toEqual([]);
      await giveUp();
      expect(selected()).toEqual([]);
    },
  );

  test("is carried out by the same act after that, with a key of its own if it was never sent", async () => {
    await claimOffline();
    await user().keyboard("{Escape}");
    goOnline();
    await later(500);
    await user().click(button(/^Claim/));
    await later(1_000);
    expect(toast()).toBe("Claimed 2.");
    expect(sentBulks()).toHaveLength(1);
  });
});

describe("the focus after an act", () => {
  test("goes to the current row, and on as the rows leave, the last ones too", async () => {
    const { relist } = openList({ tickets: [one, two] });
    await later(100);
    answer(BULK, (request: Parameters<ReturnType<typeof bulkAnswer>>[0]) => {
      relist([one]);
      return bulkAnswer()(request);
    });
    await select("Two");
    await user().click(button(/^Claim/));
    await later(1_000);
    expect(screen.getByRole("link", { name: "Two" })).toHaveFocus();
    await later(6_000);
    expect(screen.getByRole("link", { name: "One" })).toHaveFocus();
  });

  test("goes to the current row from a menu whose button gives way", async () => {
    answer(BULK, heldAnswer().answering);
    openList({ tickets: [one, two] });
    await select("One");
    await user().click(button("Status of the selected tickets"));
    await user().click(bar().getByRole("menuitem", { name: "Resolve" }));
    await waitFor(() => expect(document.body).not.toHaveFocus());
  });

  test("stays on the act of a phone while it is under way, which is carried out once", async () => {
    const held = heldAnswer();
    answer(BULK, held.answering);
    openList({ tickets: [one, two] });
    await select("One");
    const claim = phoneActs().getByRole("button", { name: "Claim 1" });
    await user().click(claim);
    expect(claim).toBeEnabled();
    expect(claim).toHaveFocus();
    await user().click(claim);
    held.give(ok({ results: [{ threadId: one._id, success: true, canUndo: true }] }));
    await later(500);
    expect(sentBulks()).toHaveLength(1);
    expect(document.body).not.toHaveFocus();
  });
});
