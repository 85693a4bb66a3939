import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { AssignPicker } from "@/components/tickets/handover/AssignPicker";
import { NOTE_MAX, type TeamResponse } from "@/lib/api/contracts";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer, askedFor, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const TEAM = "GET /api/team";
const twentyMinutesAgo = new Date(Date.now() - 20.5 * 60_000).toISOString();
const vera = { ...TOMAS, id: "user_vera", name: "Vera Lund", email: "vera@team.example" };
const nils = { ...TOMAS, id: "user_nils", name: "Nils Berg", email: "nils@team.example" };
const rows = [
  teamRow(MAYA, { isYou: true, isHere: true, held: { open: 5, in_progress: 2, waiting: 1 } }),
  teamRow(PRIYA, { isHere: true, held: { open: 1, in_progress: 3, waiting: 0 } }),
  teamRow(TOMAS, { lastSeenAt: twentyMinutesAgo }),
  teamRow(nils, { lastSeenAt: null }),
  teamRow({ ...vera, role: "viewer" }),
];

type Assigned = [assignee: { id: string; name: string }, note: string];

function open(props: Partial<Parameters<typeof AssignPicker>[0]> = {}) {
  const assigned: Assigned[] = [];
  let closed = 0;
  const view = renderOnDesk(
    <AssignPicker
      {...{
        about: "a".repeat(24),
        count: 1,
        current: null,
        isUnassigned: false,
        pending: false,
        failure: null,
      }}
      onAssign={(...args) => assigned.push(args)}
      onClose={() => (closed += 1)}
      {...props}
    />,
  );
  return { ...view, assigned, closes: () => closed };
}

const answerTeam = (overrides: Partial<TeamResponse> = {}) => answer(TEAM, team(rows, overrides));
const options = () => screen.queryAllByRole("option").map(({ textContent }) => textContent);
const chosen = () => screen.getByRole("option", { selected: true });
const search = () => screen.getByRole("combobox");
const listed = () => screen.findByRole("option", { name: /Priya/ });

beforeEach(() => {
  localStorage.clear();
  answerTeam();
});

describe("the picker", () => {
  test("shows each member with presence and load, and those who may only look last", async () => {
    open();
    await listed();
    expect(options()).toEqual(
      [
        "You Here now8 active tickets",
        "Priya Nair Here now4 active tickets",
        "Tomás Rivera Seen 20 minutes ago0 active tickets",
        "Nils Berg Never signed in0 active tickets",
        "Vera Lund May only look",
      ].map((text) => expect.stringContaining(text)),
    );
    const meter = within(screen.getByRole("option", { name: /Priya/ })).getByText("4").parentElement;
    expect(meter?.querySelector("rect")).toHaveAttribute("width", "50");
  });

  test("has the focus in its search field, which names the chosen member", async () => {
    open();
    await listed();
    expect(search()).toHaveFocus();
    expect(search()).toHaveAttribute("aria-activedescendant", chosen().id);
  });

  test("does not let the present assignee be chosen, and says why", async () => {
    const { assigned } = open({ current: PRIYA.id });
    const priya = await listed();
    expect(priya).toHaveTextContent("Holds it now");
    expect(priya).toHaveAttribute("aria-disabled", "true");
    await userEvent.click(priya);
    await userEvent.keyboard("pri{Enter}");
    expect(assigned).toEqual([]);
  });

  test("lets a member give an unassigned ticket only to themselves, unless the team's rule says otherwise", async () => {
    const { assigned } = open({ isUnassigned: true });
    expect(await listed()).toHaveTextContent("Claim it first, then give it away");
    expect(screen.getByText("You claim it.")).toBeVisible();
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(assigned).toEqual([[{ id: MAYA.id, name: MAYA.name }, ""]]);
  });

  test("offers everybody for an unassigned ticket to those who may", async () => {
    answerTeam({ mayAssignUnassigned: true });
    open({ isUnassigned: true });
    expect(await listed()).not.toHaveAttribute("aria-disabled");
  });
});

describe("the keyboard in the picker", () => {
  test("filters by name without accents, and Enter assigns the one that is left", async () => {
    const { assigned } = open();
    await listed();
    await userEvent.keyboard("tomas");
    expect(options()).toHaveLength(1);
    expect(screen.getByText("Tomás is told, and can decline.")).toBeVisible();
    await userEvent.keyboard("{Enter}");
    expect(assigned).toEqual([[{ id: TOMAS.id, name: TOMAS.name }, ""]]);
  });

  test("marks the chosen member by more than a colour", async () => {
    open();
    const marks = () =>
      screen.getAllByRole("option").map((option) => !option.lastElementChild?.matches("svg.invisible"));
    await listed();
    expect(marks()).toEqual([true, false, false, false, false]);
    await userEvent.keyboard("{ArrowDown}");
    expect(marks()).toEqual([false, true, false, false, false]);
  });

  test("moves round the members who can be chosen", async () => {
    open();
    await listed();
    await userEvent.keyboard("{ArrowUp}");
    expect(chosen()).toHaveTextContent("Nils Berg");
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(chosen()).toHaveTextContent("Priya Nair");
  });

  test.each([
    ["Enter", "{Enter}"],
    ["Ctrl and Enter", "{Control>}{Enter}{/Control}"],
    ["⌘ and Enter", "{Meta>}{Enter}{/Meta}"],
  ])("assigns with %s in the note, and begins a new line with Shift and Enter", async (_, keys) => {
    const { assigned } = open();
    await userEvent.click(await listed());
    await userEvent.type(
      screen.getByRole("textbox", { name: "Note for Priya, if you like" }),
      `She called.{Shift>}{Enter}{/Shift}Twice.${keys}`,
    );
    expect(assigned).toEqual([[{ id: PRIYA.id, name: PRIYA.name }, "She called.\nTwice."]]);
  });

  test("closes on Escape", async () => {
    const { closes } = open();
    await listed();
    await userEvent.keyboard("{Escape}");
    expect(closes()).toBe(1);
  });
});

describe("the picker's note and button", () => {
  test("name how many tickets are assigned, and to whom", async () => {
    open({ count: 5 });
    await listed();
    expect(screen.getByRole("button", { name: "Assign 5 to you" })).toBeEnabled();
    await userEvent.keyboard("pri");
    expect(screen.getByRole("button", { name: "Assign 5 to Priya" })).toBeEnabled();
    expect(search()).toHaveAttribute("placeholder", "Assign 5 tickets to…");
  });

  test("keep a note that was not sent, for these tickets alone", async () => {
    const note = () => screen.getByRole("textbox", { name: /^Note for Priya/ });
    const { unmount } = open();
    await userEvent.click(await listed());
    await userEvent.type(note(), "She called.{Escape}");
    unmount();
    const other = open({ about: "b".repeat(24) });
    await userEvent.click(await listed());
    expect(note()).toHaveValue("");
    other.unmount();
    open();
    await userEvent.click(await listed());
    expect(note()).toHaveValue("She called.");
  });

  test("counts down near the end of the note, and sends none that is too long", async () => {
    const { assigned } = open();
    await userEvent.click(await listed());
    const note = screen.getByRole("textbox", { name: /^Note for Priya/ });
    await userEvent.click(note);
    await userEvent.paste("x".repeat(NOTE_MAX - 10));
    expect(screen.getByText("10 characters left")).toBeVisible();
    await userEvent.paste("x".repeat(11));
    expect(screen.getByText("1 too many characters. Shorten it.")).toBeVisible();
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    expect(assigned).toEqual([]);
  });

  test("keep the choice and the note while it says why it failed", async () => {
    open({ failure: "Tomás holds this ticket now." });
    await listed();
    expect(screen.getByText("Tomás holds this ticket now.").closest("[role=alert]")).toBeVisible();
  });
});

describe("the faces of the picker", () => {
  test("say that the team is read", async () => {
    const held = heldAnswer();
    answer(TEAM, held.answering);
    open();
    expect(screen.getByText("Loading the team")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Assign" })).toBeDisabled();
    held.give(ok(team(rows)));
    await listed();
    expect(screen.queryByText("Loading the team")).not.toBeInTheDocument();
  });

  test("offer to try again if the team cannot be read", async () => {
    answer(TEAM, () => "unreachable");
    open();
    await screen.findByText("The team can’t be loaded.");
    answerTeam();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await listed()).toBeVisible();
    await waitFor(() => expect(askedFor(TEAM).length).toBeGreaterThan(1));
  });

  test("say so if nobody matches, and if there is nobody to choose", async () => {
    open({ current: MAYA.id });
    await listed();
    await userEvent.keyboard("zz");
    expect(screen.getByText("Nobody matches “zz”.")).toBeVisible();
  });

  test("say so if nobody else is on the team", async () => {
    answer(TEAM, team(rows.slice(0, 1)));
    open({ current: MAYA.id });
    expect(await screen.findByText(/^There is nobody else to give it to\./)).toBeVisible();
  });
});
