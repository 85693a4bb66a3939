import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AssignRights } from "@/components/tickets/handover/AssignRights";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { View } from "@/components/tickets/ticket-paths";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { person } from "@/tests/support/factories/conversations";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket, TOMAS } from "@/tests/support/screen/on-desk";

const REASSIGN = "POST /api/emails/reassign";
const UNCLAIM = "POST /api/emails/unclaim";
const bodies = (route: string) => askedFor(route).map(({ body }) => body);

function open(view: View, row: TicketSummary, member: TeamMember = TOMAS, mayAssignUnassigned = false) {
  const rows = [MAYA, PRIYA, TOMAS].map((one) => teamRow(one, { isYou: one.id === member.id }));
  answer(
    "GET /api/team",
    team(rows, { mayAssignUnassigned: mayAssignUnassigned || member.role === "admin" }),
  );
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  const path = view === "all" ? "" : `/${view}`;
  answer(`GET /api/emails/tickets${path}`, { tickets: [row], nextCursor: null });
  const list = <TicketsList view={view} initial={{ tickets: [row], nextCursor: null }} empty={null} />;
  renderOnDesk(<AssignRights>{list}</AssignRights>, { member });
  return row;
}

async function chooseInMenu(name: string) {
  await userEvent.click(await screen.findByRole("button", { name: "More for Refund" }));
  await userEvent.click(screen.getByRole("menuitem", { name }));
}
async function giveToPriya(note = "") {
  await screen.findByRole("option", { name: /Priya/ });
  await userEvent.keyboard("priya");
  if (note) await userEvent.type(screen.getByRole("textbox", { name: /^Note for Priya/ }), note);
  await userEvent.click(screen.getByRole("button", { name: /^Assign to \w/ }));
}
const done = (row: TicketSummary) => () => ok({ success: true, ticket: { ...row, revision: 2 } });
const own = () => ticket({ subject: "Refund", ...heldBy(TOMAS) });

beforeEach(() => localStorage.clear());
afterEach(() => void vi.useRealTimers());

describe("giving a ticket away in a list", () => {
  test("names the assignee on the screen, and says to whom it was given", async () => {
    const row = open("mine", own());
    answer(REASSIGN, done(row));
    await chooseInMenu("Assign to…");
    await giveToPriya("She called twice.");
    expect(await screen.findByText("You gave “Refund” to Priya.")).toBeVisible();
    expect(bodies(REASSIGN)).toEqual([
      {
        threadId: row._id,
        assignedTo: PRIYA.id,
        expectedAssignedTo: TOMAS.id,
        note: "She called twice.",
      },
    ]);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("is undone with the key Z, if the receiver still holds it", async () => {
    const row = open("mine", own());
    answer(REASSIGN, done(row));
    await chooseInMenu("Assign to…");
    await giveToPriya();
    await screen.findByText("You gave “Refund” to Priya.");
    await userEvent.keyboard("z");
    expect(await screen.findByText("“Refund” is yours again.")).toBeVisible();
    expect(bodies(REASSIGN)[1]).toEqual({
      threadId: row._id,
      assignedTo: TOMAS.id,
      expectedAssignedTo: PRIYA.id,
    });
  });

  test("says who holds it if somebody else does by now", async () => {
    open("mine", own());
    const facts = { ...heldBy(MAYA) };
    answer(REASSIGN, () => refusal(409, "changed_meanwhile", "This ticket changed meanwhile.", facts));
    await chooseInMenu("Assign to…");
    await giveToPriya();
    expect(await screen.findByText("“Refund” was not given away. Maya holds it now.")).toBeVisible();
  });

  test("keeps the picker and the note open if the member was removed, with the desk's sentence", async () => {
    open("mine", own());
    const sentence = "That person is no longer on the team. Choose somebody else.";
    answer(REASSIGN, () => refusal(422, "unknown_member", sentence));
    await chooseInMenu("Assign to…");
    await giveToPriya("She called twice.");
    const picker = within(await screen.findByRole("dialog"));
    expect(await picker.findByText(sentence)).toBeVisible();
    expect(picker.getByRole("textbox", { name: /^Note for Priya/ })).toHaveValue("She called twice.");
  });

  test("keeps its key if the person presses again after no answer came", async () => {
    const row = open("mine", own());
    await chooseInMenu("Assign to…");
    await screen.findByRole("option", { name: /Priya/ });
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    answer(REASSIGN, () => "unreachable");
    await user.keyboard("priya{Enter}");
    // Once it retries by itself, when something else is answered.
    await act(() => vi.advanceTimersByTimeAsync(25_000));
    const picker = within(screen.getByRole("dialog"));
    expect(picker.getByRole("alert")).toHaveTextContent(/^The desk could not be reached/);
    answer(REASSIGN, done(row));
    await user.click(picker.getByRole("button", { name: /^Assign to/ }));
    await act(() => vi.advanceTimersByTimeAsync(3_000));
    expect(screen.getByText("You gave “Refund” to Priya.")).toBeVisible();
    const keys = askedFor(REASSIGN).map(({ headers }) => headers.get("idempotency-key"));
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(1);
  });
});

describe("an unassigned ticket", () => {
  const free = () => ticket({ subject: "Refund" });

  test("can be given to a colleague by an admin, who undoes it by unclaiming it", async () => {
    const row = open("unassigned", free(), MAYA);
    answer(REASSIGN, done(row));
    answer(UNCLAIM, { success: true, message: "Ticket unclaimed successfully" });
    await chooseInMenu("Assign to…");
    await giveToPriya();
    expect(bodies(REASSIGN)).toMatchObject([{ assignedTo: PRIYA.id, expectedAssignedTo: null }]);
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("“Refund” is unassigned again.")).toBeVisible();
    expect(bodies(UNCLAIM)).toEqual([{ threadId: row._id, expectedAssignedTo: PRIYA.id }]);
  });

  test("is taken back and unclaimed by a member who undoes it", async () => {
    const row = open("unassigned", free(), TOMAS, true);
    answer(REASSIGN, done(row));
    answer(UNCLAIM, { success: true, message: "Ticket unclaimed successfully" });
    await chooseInMenu("Assign to…");
    await giveToPriya();
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("“Refund” is unassigned again.")).toBeVisible();
    expect(bodies(REASSIGN)[1]).toMatchObject({ assignedTo: TOMAS.id, expectedAssignedTo: PRIYA.id });
    expect(bodies(UNCLAIM)).toEqual([{ threadId: row._id, expectedAssignedTo: TOMAS.id }]);
  });

  test("has no menu for a member whose team does not let members give it away", async () => {
    open("unassigned", free());
    expect(await screen.findByRole("button", { name: "Claim Refund" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "More for Refund" })).not.toBeInTheDocument();
  });

  test("is claimed by whoever chooses themselves", async () => {
    const row = open("unassigned", free());
    answer(REASSIGN, done(row));
    await userEvent.keyboard("a");
    expect(await screen.findByText("You claim it.")).toBeVisible();
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByText("“Refund” is yours.")).toBeVisible();
    expect(bodies(REASSIGN)).toMatchObject([{ assignedTo: TOMAS.id, expectedAssignedTo: null }]);
  });
});

describe("somebody else's ticket", () => {
  test("is not offered to a member, and the key A says whom to ask", async () => {
    open("all", ticket({ subject: "Refund", ...heldBy(PRIYA) }));
    expect(screen.queryByRole("button", { name: "More for Refund" })).not.toBeInTheDocument();
    await userEvent.keyboard("a");
    expect(await screen.findByText("Priya holds it. Ask Priya or an admin.")).toBeVisible();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("can still be given on by the member who gave it away", async () => {
    const handover = { by: person(TOMAS), at: new Date().toISOString(), note: null };
    open("all", ticket({ subject: "Refund", ...heldBy(PRIYA), handover }));
    await chooseInMenu("Assign to…");
    expect(await screen.findByRole("option", { name: /Priya/ })).toHaveTextContent("Holds it now");
  });
});
