import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { SWRConfig } from "swr";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { AppShell } from "@/components/shell/AppShell";
import type { CountsResponse } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { team } from "@/tests/support/factories/team";
import { answer, goOffline, refusal } from "@/tests/support/screen/desk-answers";
import { MAYA, PRIYA, recordingRouter, NO_COUNTS } from "@/tests/support/screen/on-desk";

const COUNTS = "GET /api/emails/tickets/counts";
/** Without the live stream the page reads every 1.5 s. */
const POLLED = { timeout: 3_000 };
const counts = { ...NO_COUNTS, unassigned: 12, all: "999+" as const };

beforeEach(() => {
  answer("GET /api/emails/bulk/jobs", { jobs: [] });
  answer("GET /api/team", { members: [], removed: [], mayAssignUnassigned: false });
  answer("GET /api/team/preferences", { preferences: { mailOnHandover: false }, canMail: true });
  answer("GET /api/desk-status", {
    worker: null,
    cards: { state: "off" },
    mail: { silence: null },
    stopped: 0,
  });
  localStorage.clear();
  delete document.documentElement.dataset.theme;
});

function openDesk(rendered: CountsResponse = counts, member: TeamMember = MAYA) {
  const { WithRouter, visited } = recordingRouter();
  render(
    <SWRConfig value={{ provider: () => new Map() }}>
      <WithRouter>
        <PathnameContext.Provider value="/dashboard/tickets/mine">
          <AppShell
            member={member}
            now={new Date().toISOString()}
            counts={rendered}
            signOut={<button role="menuitem">Sign out</button>}
          >
            <h1>Mine</h1>
          </AppShell>
        </PathnameContext.Provider>
      </WithRouter>
    </SWRConfig>,
  );
  return visited;
}

const rail = () => within(screen.getAllByRole("navigation", { name: "Tickets" })[0] ?? document.body);
const openMenu = () =>
  userEvent.click(
    screen.getAllByRole("button", { name: "Menu of Maya Lindqvist, Admin" })[0] ?? document.body,
  );

describe("AppShell", () => {
  test("links to the three lists, with counts, and marks the current one", () => {
    answer(COUNTS, counts);
    openDesk();
    expect(rail().getByRole("link", { name: "Unassigned 12" })).toHaveAttribute(
      "href",
      "/dashboard/tickets/unassigned",
    );
    expect(rail().getByRole("link", { name: "All 999+" })).toHaveAttribute("href", "/dashboard/tickets");
    expect(rail().getByRole("link", { name: "Mine" })).toHaveAttribute("aria-current", "page");
  });

  const linksOf = (name: string) => {
    const [nav] = screen.getAllByRole("navigation", { name });
    return nav
      ? within(nav)
          .getAllByRole("link")
          .map((link) => link.getAttribute("href"))
      : [];
  };

  test("links to the team, the mail and, for an admin, the settings", () => {
    answer(COUNTS, counts);
    openDesk();
    expect(linksOf("Desk")).toEqual(["/dashboard/team", "/dashboard/mail", "/dashboard/settings"]);
  });

  test.each(["member", "viewer"] as const)("shows a %s no way to the settings", async (role) => {
    answer(COUNTS, counts);
    answer("GET /api/team", team([]));
    openDesk(counts, { ...PRIYA, role });
    expect(linksOf("Desk")).toEqual(["/dashboard/team", "/dashboard/mail"]);
  });

  test("says beside the counts how many tickets need a look, on wide screens and on a phone", () => {
    const looks = { ...counts, mine: 9, mineNeedsLook: 2, allNeedsLook: 1 };
    answer(COUNTS, looks);
    openDesk(looks);
    for (const nav of screen.getAllByRole("navigation", { name: "Tickets" })) {
      const links = within(nav);
      expect(links.getByRole("link", { name: "Unassigned 12" })).toBeInTheDocument();
      expect(links.getByRole("link", { name: "Mine 9 2 need a look" })).toBeInTheDocument();
      expect(links.getByRole("link", { name: "All 999+ 1 needs a look" })).toBeInTheDocument();
    }
  });

  test("keeps the counters fresh", async () => {
    answer(COUNTS, { ...counts, mine: 3 });
    openDesk();
    expect(await rail().findByRole("link", { name: "Mine 3" }, POLLED)).toBeInTheDocument();
  });

  test("says when the page may be out of date, and when it is live again", async () => {
    answer(COUNTS, () => "unreachable");
    openDesk();
    expect((await screen.findAllByText("Reconnecting, may be old", {}, POLLED)).length).toBeGreaterThan(0);
    answer(COUNTS, counts);
    await vi.waitFor(() => expect(screen.queryByText("Reconnecting, may be old")).not.toBeInTheDocument(), {
      timeout: 5_000,
    });
  });

  test("says when the session has ended, with a sign-in that returns to this page", async () => {
    answer(COUNTS, () => refusal(401, "unauthenticated", "Sign in to continue."));
    openDesk();
    expect(await screen.findByRole("alert", {}, POLLED)).toHaveTextContent(
      "You were signed out. Sign in to continue.",
    );
    expect(screen.getByRole("link", { name: "Sign in" })).toHaveAttribute(
      "href",
      "/sign-in?next=%2Fdashboard%2Ftickets%2Fmine",
    );
  });

  test("has a link that skips the navigation", () => {
    answer(COUNTS, counts);
    openDesk();
    expect(screen.getByRole("link", { name: "Skip to the tickets" })).toHaveAttribute("href", "#main");
    expect(screen.getByRole("main")).toHaveAttribute("id", "main");
  });
});

describe("a link while the window is offline", () => {
  const pressMine = () => userEvent.click(rail().getByRole("link", { name: /Mine/ }));

  test("leaves the page and what is pending on it as they are, and says why", async () => {
    answer(COUNTS, counts);
    const visited = openDesk();
    goOffline();
    await pressMine();
    expect(await screen.findByText("You are offline, so this page can’t be opened now.")).toBeVisible();
    expect(visited).toEqual([]);
  });

  test("opens its page all the same if the desk answers, as one on this machine does", async () => {
    answer(COUNTS, counts);
    const visited = openDesk();
    goOffline();
    const health = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ status: "live" }));
    await pressMine();
    expect(health).toHaveBeenCalledWith("/api/health/live", expect.anything());
    await expect.poll(() => visited).toEqual(["/dashboard/tickets/mine"]);
  });
});

describe("the member's menu", () => {
  beforeEach(() => {
    answer(COUNTS, counts);
    openDesk();
  });

  test("shows who is signed in, with a sign-out", async () => {
    await openMenu();
    expect(within(screen.getByRole("menu")).getByText("maya@team.example")).toBeInTheDocument();
    expect(screen.getByRole("menuitem", { name: "Sign out" })).toBeInTheDocument();
  });

  test("switches keyboard shortcuts off, and remembers it", async () => {
    await openMenu();
    const keys = screen.getByRole("menuitemcheckbox", { name: "Keyboard shortcuts" });
    expect(keys).toHaveAttribute("aria-checked", "true");
    await userEvent.click(keys);
    expect(keys).toHaveAttribute("aria-checked", "false");
    expect(localStorage.getItem("claimdesk.shortcuts")).toBe("off");
  });

  test("keeps the chosen theme in a cookie that the server reads", async () => {
    await openMenu();
    await userEvent.click(screen.getByRole("menuitemradio", { name: "Dark" }));
    expect(document.documentElement).toHaveAttribute("data-theme", "dark");
    expect(document.cookie).toContain("theme=dark");
    await userEvent.click(screen.getByRole("menuitemradio", { name: "System" }));
    expect(document.documentElement).not.toHaveAttribute("data-theme");
    expect(document.cookie).not.toContain("theme");
  });
});
