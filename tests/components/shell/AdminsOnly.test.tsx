import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { AdminsOnly } from "@/components/shell/AdminsOnly";
import type { TeamMember } from "@/lib/api/vocabulary";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer } from "@/tests/support/screen/desk-answers";
import { MAYA, NO_COUNTS, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

beforeEach(() => answer("GET /api/emails/tickets/counts", NO_COUNTS));

const open = (member: TeamMember = PRIYA) => renderOnDesk(<AdminsOnly />, { member });
const INES: TeamMember = {
  id: "user_ines",
  email: "ines@team.example",
  name: "Ines Carvalho",
  role: "admin",
};

test("says who may open the page and whom to ask, by name", async () => {
  answer("GET /api/team", team([INES, MAYA, PRIYA, TOMAS].map((member) => teamRow(member))));
  open();
  expect(screen.getByRole("heading", { level: 1, name: "Only admins may open this page" })).toBeVisible();
  expect(screen.getByText(/You are signed in as a member\./)).toBeInTheDocument();
  expect(await screen.findByText("Ask Ines Carvalho or Maya Lindqvist.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Go to Unassigned" })).toHaveAttribute("href", "/dashboard");
});

test("tells a viewer their role", () => {
  answer("GET /api/team", team([]));
  open({ ...PRIYA, role: "viewer" });
  expect(screen.getByText(/You are signed in as a viewer\./)).toBeInTheDocument();
});

test.each([
  ["there is no admin yet", team([teamRow(PRIYA)])],
  ["the team can't be read", () => "unreachable" as const],
])("names nobody if %s", async (_, answering) => {
  answer("GET /api/team", answering);
  open();
  expect(await screen.findByText("Ask an admin of your team.")).toBeInTheDocument();
});
