import { act, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TeamScreen } from "@/components/team/TeamScreen";
import type { TeamResponse } from "@/lib/api/contracts";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { MAYA, NO_COUNTS, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const maya = teamRow(MAYA, { isYou: true, isHere: true, lastSeenAt: ago(0) });
const priya = teamRow(PRIYA, {
  lastSeenAt: ago(20.5),
  held: { open: 2, in_progress: 3, waiting: 1 },
  oldestWaitingSince: ago(5.5 * 60),
});
const tomas = teamRow(TOMAS, { lastSeenAt: null, held: { open: 1, in_progress: 0, waiting: 0 } });
const vera = teamRow({ id: "user_vera", email: "vera@team.example", name: "Vera Holm", role: "viewer" });
/** A page that has just been opened or focused is not read at once again. */
const FOCUS = { timeout: 3_000 };
const FOUR = team([maya, priya, tomas, vera]);

afterEach(() => void vi.useRealTimers());
beforeEach(() => answer("GET /api/emails/tickets/counts", NO_COUNTS));

function open(initial: TeamResponse = FOUR, member = MAYA) {
  answer("GET /api/team", initial);
  return renderOnDesk(<TeamScreen initial={initial} />, { member, pathname: "/dashboard/team" });
}
function row(email: string) {
  const found = screen.getByText(email).closest("li");
  if (!found) throw new Error(`no row of ${email}`);
  return within(found);
}

describe("the team's page", () => {
  test("names everybody with their role, and calls the reader You", () => {
    open();
    expect(screen.getAllByRole("listitem")).toHaveLength(4);
    expect(row(MAYA.email).getByText("You")).toBeInTheDocument();
    expect(row(MAYA.email).getByText("Admin")).toBeInTheDocument();
    expect(row(PRIYA.email).getByText("Priya Nair")).toBeInTheDocument();
    expect(row("vera@team.example").getByText("Viewer")).toBeInTheDocument();
  });

  test("says who is here, when the others were seen, and who has never signed in", () => {
    open();
    expect(row(MAYA.email).getByText("Here now")).toBeInTheDocument();
    expect(row(PRIYA.email).getByText("Seen 20 minutes ago")).toBeInTheDocument();
    expect(row(TOMAS.email).getByText("Never signed in")).toBeInTheDocument();
    expect(screen.getByText("1 of 4 here now")).toBeInTheDocument();
  });

  test("tells in numbers how much each holds by status, with a link to exactly these tickets", () => {
    open();
    for (const words of ["2 open", "3 in progress", "1 waiting"])
      expect(row(PRIYA.email).getByText(words)).toBeInTheDocument();
    expect(row(PRIYA.email).getByRole("link", { name: "Priya Nair’s 6 tickets" })).toHaveAttribute(
      "href",
      "/dashboard/tickets?status=active&assignee=user_priya",
    );
    expect(row(TOMAS.email).queryByText(/in progress|waiting/)).not.toBeInTheDocument();
    expect(row(TOMAS.email).getByRole("link", { name: "Tomás Rivera’s 1 ticket" })).toBeInTheDocument();
    expect(row(MAYA.email).getByText("No tickets")).toBeInTheDocument();
    expect(row(MAYA.email).queryByRole("link")).not.toBeInTheDocument();
    expect(row("vera@team.example").getByText("May only look")).toBeInTheDocument();
  });

  test("says which column a value is of, and names the columns above them", () => {
    open();
    const read = row(PRIYA.email).getByText("Member").closest("li")?.textContent;
    for (const words of ["Role: Member", "Here: Seen 20", "Holds: 2 open", "oldest 5 h"])
      expect(read).toContain(words);
    const [name] = screen.getAllByText("Name");
    expect(name?.closest("[aria-hidden]")).toBeNull();
  });

  test("draws each bar with round ends, as wide as its part of the longest", () => {
    open();
    const ends = (email: string) =>
      row(email)
        .getByText(/ open$/)
        .closest("li")
        ?.querySelector("clipPath rect");
    expect(ends(PRIYA.email)).toHaveAttribute("width", "100%");
    expect(ends(TOMAS.email)).toHaveAttribute("width", `${(1 / 6) * 100}%`);
    expect(ends(TOMAS.email)).toHaveAttribute("rx");
  });

  test("warns of the customer who waits longest, in the colours of a list", () => {
    open();
    const age = row(PRIYA.email).getByText("5 h");
    expect(age).toHaveAttribute("data-urgency", "late");
    expect(row(TOMAS.email).queryByText(/oldest/)).not.toBeInTheDocument();
  });

  test("offers a member and a viewer nothing but to look", () => {
    for (const role of ["member", "viewer"] as const) {
      const { unmount } = open(FOUR, { ...PRIYA, role });
      expect(screen.queryByRole("button", { name: /Actions for/ })).not.toBeInTheDocument();
      unmount();
    }
  });

  test("says that nobody else is here yet", () => {
    open(team([maya]));
    expect(screen.getByText(/Nobody else is here yet/)).toBeInTheDocument();
  });

  test("says that nobody has signed in yet", () => {
    open(team([]));
    expect(screen.getByText("Nobody has signed in yet")).toBeInTheDocument();
  });

  test("that cannot be loaded says so, and can be tried again", async () => {
    answer("GET /api/team", () => "unreachable");
    renderOnDesk(<TeamScreen />);
    expect(screen.getByText("Loading the team")).toBeInTheDocument();
    expect(await screen.findByText("The team can’t be loaded")).toBeInTheDocument();
    answer("GET /api/team", FOUR);
    await act(async () => screen.getByRole("button", { name: "Try again" }).click());
    expect(await screen.findByText("Priya Nair")).toBeInTheDocument();
  });

  test("is read again every 15 seconds", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    open();
    await act(() => vi.advanceTimersByTimeAsync(14_000));
    expect(askedFor("GET /api/team")).toEqual([]);
    answer("GET /api/team", team([maya, { ...priya, isHere: true }]));
    await act(() => vi.advanceTimersByTimeAsync(2_000));
    expect(row(PRIYA.email).getByText("Here now")).toBeInTheDocument();
  });

  test("is read again when its window gets the focus", async () => {
    open();
    answer("GET /api/team", team([maya, { ...priya, isHere: true }]));
    await vi.waitFor(() => {
      act(() => void window.dispatchEvent(new Event("focus")));
      expect(row(PRIYA.email).getByText("Here now")).toBeInTheDocument();
    }, FOCUS);
  });
});
