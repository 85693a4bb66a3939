import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TeamScreen } from "@/components/team/TeamScreen";
import type { RemovedMember, TeamResponse } from "@/lib/api/contracts";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { MAYA, NO_COUNTS, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const maya = teamRow(MAYA, { isYou: true, held: { open: 1, in_progress: 0, waiting: 0 } });
const priya = teamRow(PRIYA, { held: { open: 2, in_progress: 1, waiting: 1 } });
const tomas = teamRow(TOMAS);
const THREE = team([maya, priya, tomas], { mayAssignUnassigned: true });
const sam: RemovedMember = {
  ...{ id: "user_sam", email: "sam@team.example", name: "Sam Whitlock" },
  removedAt: new Date(Date.UTC(2025, 2, 2, 9)).toISOString(),
  removedBy: MAYA.name,
  reason: "by_admin",
};
const JOB = {
  ...{
    _id: "a".repeat(64),
    act: { action: "unclaim" },
    state: "running",
    by: MAYA,
    total: 4,
    hasMore: false,
  },
  ...{ succeeded: 0, refused: 0, problems: [], requestedAt: new Date().toISOString(), endedAt: null },
  ...{ error: null, canUndo: false },
};

beforeEach(() => answer("GET /api/emails/tickets/counts", NO_COUNTS));

function open(initial: TeamResponse = THREE) {
  answer("GET /api/team", initial);
  return renderOnDesk(<TeamScreen initial={initial} />, { pathname: "/dashboard/team" });
}
const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));
const choose = async (name: string, item: string) => {
  await press(`Actions for ${name}`);
  await userEvent.click(screen.getByRole("menuitem", { name: item }));
};
const items = async (name: string) => {
  await press(`Actions for ${name}`);
  const names = within(screen.getByRole("menu"))
    .getAllByRole("menuitem")
    .map(({ textContent }) => textContent);
  await userEvent.keyboard("{Escape}");
  return names;
};
const dialog = () => screen.queryByRole("dialog");

describe("an admin's menu of a member", () => {
  test("has only what is possible: no removal of oneself, no release of nothing", async () => {
    open();
    expect(await items("Priya Nair")).toEqual([
      "See their tickets",
      "Release all 4 tickets…",
      "Give all 4 to somebody…",
      "Remove from the desk…",
    ]);
    expect(await items("Maya Lindqvist")).toEqual([
      "See your tickets",
      "Release the one ticket…",
      "Give it to somebody…",
    ]);
    expect(await items("Tomás Rivera")).toEqual(["See their tickets", "Remove from the desk…"]);
  });

  test("works by keyboard alone", async () => {
    open();
    screen.getByRole("button", { name: "Actions for Priya Nair" }).focus();
    await userEvent.keyboard("{Enter}{ArrowDown}{Enter}");
    expect(dialog()).toHaveAccessibleName("Release all 4 tickets of Priya?");
    expect(screen.getByRole("button", { name: "Release" })).toHaveFocus();
    await userEvent.keyboard("{Shift>}{Tab}{/Shift}{Enter}");
    expect(dialog()).not.toBeInTheDocument();
    expect(askedFor("POST /api/team/release")).toEqual([]);
  });
});

describe("releasing a member's tickets", () => {
  test("asks first, then starts the job once", async () => {
    open();
    await choose("Priya Nair", "Release all 4 tickets…");
    expect(dialog()).toHaveTextContent("They go back to Unassigned, for anybody to claim.");
    expect(askedFor("POST /api/team/release")).toEqual([]);
    answer("POST /api/team/release", () => ({ status: 202, body: { success: true, job: JOB } }));
    await press("Release");
    await expect.poll(dialog).toBeNull();
    expect(askedFor("POST /api/team/release").map(({ body }) => body)).toEqual([{ memberId: PRIYA.id }]);
    expect(askedFor("GET /api/team").length).toBeGreaterThan(0);
  });

  test("that is refused says why in the dialog", async () => {
    open();
    await choose("Priya Nair", "Release all 4 tickets…");
    answer("POST /api/team/release", () => refusal(422, "nothing_matches", "Nothing matches any more."));
    await press("Release");
    expect(await within(screen.getByRole("dialog")).findByText("Nothing matches any more.")).toBeVisible();
  });
});

test("giving all to somebody starts a job over exactly the member's active tickets", async () => {
  open();
  await choose("Priya Nair", "Give all 4 to somebody…");
  expect(dialog()).toHaveAccessibleName("Assign 4 tickets to…");
  await userEvent.keyboard("tom");
  answer("POST /api/emails/bulk/jobs", () => ({ status: 202, body: { success: true, job: JOB } }));
  await press(/^Assign 4/);
  await expect.poll(dialog).toBeNull();
  expect(askedFor("POST /api/emails/bulk/jobs")[0]?.body).toEqual({
    action: "reassign",
    view: "all",
    assignee: PRIYA.id,
    status: "active",
    assignedTo: TOMAS.id,
    seenAt: expect.stringMatching(/Z$/),
  });
});

describe("removing a member", () => {
  test("is not done by a second Enter: the focus is on Cancel first", async () => {
    open();
    await choose("Priya Nair", "Remove from the desk…");
    expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    expect(dialog()).not.toBeInTheDocument();
    expect(askedFor("POST /api/team/remove")).toEqual([]);
  });

  test("says what happens, and the member leaves the list once the desk has done it", async () => {
    open();
    await choose("Priya Nair", "Remove from the desk…");
    expect(dialog()).toHaveTextContent(
      "Priya is shut out within 2 seconds, on every device. Their tickets go back to Unassigned. You can let them in again on this page.",
    );
    answer("POST /api/team/remove", () => {
      answer("GET /api/team", team([maya, tomas]));
      return ok({ success: true, memberId: PRIYA.id });
    });
    await press("Remove");
    await expect.poll(dialog).toBeNull();
    expect(askedFor("POST /api/team/remove")[0]?.body).toEqual({ memberId: PRIYA.id });
    expect(screen.queryByText("Priya Nair")).not.toBeInTheDocument();
    expect(screen.getByRole("list", { name: "Team members" })).toHaveFocus();
  });

  test("that is refused says why, and removes nobody", async () => {
    open();
    await choose("Tomás Rivera", "Remove from the desk…");
    expect(dialog()).not.toHaveTextContent("Their tickets");
    const sentence = "Nothing was changed: you are no longer an admin of this team.";
    answer("POST /api/team/remove", () => refusal(409, "removed_meanwhile", sentence));
    await press("Remove");
    expect(await screen.findByText(sentence)).toBeVisible();
    await press("Cancel");
    expect(screen.getByText("Tomás Rivera")).toBeInTheDocument();
  });
});

describe("removed members", () => {
  const removed = () => screen.getByRole("region", { name: "Removed from the desk" });

  test("are named with who removed them, why and when", () => {
    const others: RemovedMember[] = [
      { ...sam, id: "1", name: "Ada", removedBy: "Ines Carvalho" },
      { ...sam, id: "2", name: "Bo", removedBy: null, reason: "left_organization" },
      { ...sam, id: "3", name: "Cy", removedBy: null, reason: "account_deleted" },
    ];
    open({ ...THREE, removed: [sam, ...others] });
    const rows = within(removed())
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent);
    expect(rows[0]).toMatch(/^You removed Sam Whitlock on 2 Mar 2025, /);
    expect(rows[1]).toMatch(/^Ines Carvalho removed Ada on /);
    expect(rows[2]).toMatch(/^Bo left the organization on /);
    expect(rows[3]).toMatch(/^The account of Cy was deleted on /);
    expect(within(removed()).queryByRole("button", { name: "Let Cy in again" })).not.toBeInTheDocument();
  });

  test("are let in again", async () => {
    open({ ...THREE, removed: [sam] });
    answer("POST /api/team/restore", () => {
      answer("GET /api/team", THREE);
      return ok({ success: true, memberId: sam.id });
    });
    await press("Let Sam in again");
    expect(await screen.findByText("Sam Whitlock may sign in again.")).toBeInTheDocument();
    expect(askedFor("POST /api/team/restore")[0]?.body).toEqual({ memberId: sam.id });
    expect(screen.queryByText(/removed Sam Whitlock/)).not.toBeInTheDocument();
    expect(screen.getByRole("list", { name: "Team members" })).toHaveFocus();
  });

  test("are the latest five until somebody asks for all", async () => {
    const many = Array.from({ length: 7 }, (_, at) => ({ ...sam, id: `user_${at}`, name: `Old ${at}` }));
    open({ ...THREE, removed: many });
    expect(within(removed()).getAllByRole("listitem")).toHaveLength(5);
    await press("Show 2 more");
    expect(within(removed()).getAllByRole("listitem")).toHaveLength(7);
  });
});
