import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA } from "@/tests/support/screen/on-desk";
import {
  BULK,
  bulkAnswer,
  four,
  one,
  openList,
  select,
  selected,
  sentBulks,
  three,
  two,
  user,
} from "@/tests/support/screen/selecting";

beforeEach(() => {
  localStorage.clear();
  answer(BULK, bulkAnswer());
  answer("GET /api/team", { members: [], removed: [], mayAssignUnassigned: true });
});

const picker = (name: string) => screen.findByRole("dialog", { name });

describe("keys of a selection", () => {
  test("x selects the current row, and x again does not any more", async () => {
    openList();
    await user().keyboard("jx");
    expect(selected()).toEqual(["Two"]);
    await user().keyboard("x");
    expect(selected()).toEqual([]);
  });

  test("Shift with x selects all rows from the last one", async () => {
    openList();
    await user().keyboard("xjj{Shift>}X{/Shift}");
    expect(selected()).toEqual(["One", "Two", "Three"]);
  });

  test("work also after a click on a checkbox", async () => {
    openList();
    await select("Two");
    await user().keyboard("jx");
    expect(selected()).toEqual(["Two", "Three"]);
  });

  test("Escape clears the selection", async () => {
    openList();
    await user().keyboard("xjx{Escape}");
    expect(selected()).toEqual([]);
  });

  test("c claims the selected tickets, not the current row", async () => {
    openList();
    await user().keyboard("xjxj");
    await user().keyboard("c");
    await waitFor(() => expect(sentBulks()).toHaveLength(1));
    expect(sentBulks()[0]?.body).toMatchObject({
      action: "claim",
      items: [{ threadId: one._id }, { threadId: two._id }],
    });
    expect(askedFor("POST /api/emails/claim")).toEqual([]);
  });

  test("c does nothing if somebody holds each of the selected tickets", async () => {
    openList({ view: "all", tickets: [{ ...one, ...heldBy(PRIYA) }, four] });
    await user().keyboard("xc");
    expect(sentBulks()).toEqual([]);
    expect(askedFor("POST /api/emails/claim")).toEqual([]);
  });

  test("e resolves the selected tickets, and nothing if none is selected", async () => {
    openList({ view: "mine", tickets: [one, two].map((held) => ({ ...held, ...heldBy(MAYA) })) });
    await user().keyboard("e");
    expect(sentBulks()).toEqual([]);
    await user().keyboard("xe");
    await waitFor(() => expect(sentBulks()).toHaveLength(1));
    expect(sentBulks()[0]?.body).toMatchObject({ action: "status", status: "resolved" });
  });

  test("a opens the picker for the selected tickets", async () => {
    openList();
    await user().keyboard("xjxa");
    expect(await picker("Assign 2 tickets to…")).toBeInTheDocument();
  });

  test("a opens the picker of the current row if nothing is selected", async () => {
    openList({ tickets: [three] });
    await user().keyboard("a");
    expect(await picker("Assign to…")).toBeInTheDocument();
  });

  test.each([
    ["without a selection", "", "claim"],
    ["with a selection", "x", "resolve"],
  ])("are named below the list %s", async (_title, keys, hint) => {
    openList();
    if (keys) await user().keyboard(keys);
    expect(screen.getByText(hint, { selector: "span" })).toBeInTheDocument();
    expect(screen.getByText("select", { selector: "span" })).toBeInTheDocument();
  });

  test("a viewer is told none of them", () => {
    openList({ member: { ...PRIYA, role: "viewer" } });
    expect(screen.queryByText("select", { selector: "span" })).not.toBeInTheDocument();
    expect(screen.getByText("move", { selector: "span" })).toBeInTheDocument();
  });
});
