import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { filterText, readFilter } from "@/components/tickets/ticket-paths";
import { TicketFilters } from "@/components/tickets/TicketFilters";
import { answer } from "@/tests/support/screen/desk-answers";
import { MAYA, NO_COUNTS, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const team = [MAYA, PRIYA, TOMAS];

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer("GET /api/team", { members: team.map((member) => ({ ...member, isYou: member === MAYA })) });
});

const open = (name: string) => userEvent.click(screen.getByRole("button", { name }));
const choice = (name: string) => screen.getByRole("menuitemradio", { name });

describe("TicketFilters", () => {
  test("writes each status into the address", async () => {
    renderOnDesk(<TicketFilters filter={{}} team={team} />);
    await open("Filter by status");
    expect(screen.getAllByRole("menuitemradio").map((item) => item.getAttribute("href"))).toEqual([
      "/dashboard/tickets?status=active",
      "/dashboard/tickets?status=open",
      "/dashboard/tickets?status=in_progress",
      "/dashboard/tickets?status=waiting",
      "/dashboard/tickets?status=resolved",
    ]);
  });

  test("offers nobody, the member and the rest of the team, and keeps the other filter", async () => {
    renderOnDesk(<TicketFilters filter={{ status: "open" }} team={team} />);
    await open("Filter by assignee");
    expect(choice("Nobody")).toHaveAttribute("href", "/dashboard/tickets?status=open&assignee=none");
    expect(choice("You")).toHaveAttribute("href", "/dashboard/tickets?status=open&assignee=me");
    expect(choice("Priya Nair")).toHaveAttribute(
      "href",
      "/dashboard/tickets?status=open&assignee=user_priya",
    );
    expect(screen.queryByRole("menuitemradio", { name: "Maya Lindqvist" })).not.toBeInTheDocument();
  });

  test("names each set filter, and can clear it", () => {
    renderOnDesk(<TicketFilters filter={{ status: "waiting", assignee: PRIYA.id }} team={team} />);
    expect(screen.getByRole("button", { name: "Status: Waiting. Change" })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Assignee: Priya Nair. Change" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Remove filter: status" })).toHaveAttribute(
      "href",
      "/dashboard/tickets?assignee=user_priya",
    );
  });

  test("can be used with the keyboard alone", async () => {
    renderOnDesk(<TicketFilters filter={{ status: "open" }} team={team} />);
    screen.getByRole("button", { name: "Status: Open. Change" }).focus();
    await userEvent.keyboard("{Enter}");
    expect(choice("Open")).toHaveFocus();
    await userEvent.keyboard("{ArrowDown}");
    expect(choice("In progress")).toHaveFocus();
    await userEvent.keyboard("r");
    expect(choice("Resolved")).toHaveFocus();
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("menu")).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Status: Open. Change" })).toHaveFocus();
  });
});

describe("readFilter", () => {
  test("reads the filter from the address", () => {
    expect(readFilter({ status: "waiting", assignee: "user_priya" })).toEqual({
      status: "waiting",
      assignee: "user_priya",
    });
  });

  test("ignores values that do not exist, so that an old link still opens the list", () => {
    expect(readFilter({ status: "snoozed", assignee: ["a", "b"] })).toEqual({});
  });
});

test("a filter reads as a sentence", () => {
  expect(filterText({ status: "waiting", assignee: "me" }, MAYA, team)).toBe(
    "Status is Waiting, assignee is You.",
  );
});
