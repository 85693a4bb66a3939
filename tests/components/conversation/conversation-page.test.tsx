import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TeamMember, Ticket } from "@/lib/api/vocabulary";
import { conversation, mail, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const STATUS = "POST /api/emails/status";
const question = mail("My card shows two payments.");
const twoHoursAgo = new Date(Date.now() - 7_260_000).toISOString();

beforeEach(() => localStorage.clear());

function show(overrides: Partial<Ticket>, member: TeamMember = TOMAS) {
  const detail = conversation([question], overrides);
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    become: (next: Partial<Ticket>) => desk.become(conversation([question], next)),
  };
}

/** The details: each name with its value. */
function details(): Record<string, string | null> {
  const side = within(screen.getByRole("complementary", { name: "Details" }));
  const values = side.getAllByRole("definition");
  return Object.fromEntries(
    side
      .getAllByRole("term")
      .map((term, index) => [term.textContent, values[index]?.lastChild?.textContent ?? null]),
  );
}

const button = (name: string | RegExp) => screen.queryByRole("button", { name });

describe("the ticket page", () => {
  test("shows the sender, the subject, the assignee and the time of the claim", () => {
    show(heldBy(TOMAS, twoHoursAgo));
    expect(details()).toMatchObject({
      From: "lena@hoffmann.example",
      Subject: "Charged twice",
      "Claimed by": "You",
      "Claimed at": "2 hours ago",
      Status: "Open",
    });
    expect(screen.getByRole("heading", { level: 1, name: "Charged twice" })).toBeInTheDocument();
  });

  test("says since when the customer waits, as the desk knows it", () => {
    show({ ...heldBy(TOMAS), waitingSince: twoHoursAgo });
    expect(details()["Waiting for"]).toBe("2 h");
  });

  test("says that the customer does not wait", () => {
    show({ ...heldBy(TOMAS), waitingSince: null });
    expect(details()["Waiting for"]).toBe("Not waiting");
  });

  test.each([
    ["synced", "Up to date"],
    ["pending", "Being updated"],
    ["failed", "Not updated"],
  ] as const)("shows the state of the card: %s", (state, words) => {
    show({ card: { state, lastError: null } }, { ...TOMAS, role: "viewer" });
    expect(details().Card).toBe(words);
  });

  test("links back to the list that the ticket was opened from, even after a claim", async () => {
    const desk = show({});
    answer("POST /api/emails/claim", () => {
      desk.become(heldBy(TOMAS));
      return { status: 200, body: { success: true, ...heldBy(TOMAS) } };
    });
    await userEvent.click(screen.getByRole("button", { name: "Claim Charged twice" }));
    await waitFor(() => expect(details()["Claimed by"]).toBe("You"));
    expect(button("Claim Charged twice")).not.toBeInTheDocument();
    expect(button("Unclaim Charged twice")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Unassigned" })).toHaveAttribute(
      "href",
      "/dashboard/tickets/unassigned",
    );
  });

  test("names the member who claimed it first", async () => {
    const desk = show({});
    answer("POST /api/emails/claim", () => {
      desk.become(heldBy(PRIYA));
      return refusal(409, "already_claimed", "", heldBy(PRIYA));
    });
    await userEvent.click(screen.getByRole("button", { name: "Claim Charged twice" }));
    await waitFor(() => expect(details()["Claimed by"]).toBe("Priya Nair"));
    expect(screen.getAllByText(/claimed this/)[0]).toHaveTextContent(/^Priya claimed this/);
  });

  test("jumps to the reply", async () => {
    show(heldBy(TOMAS));
    await userEvent.click(screen.getByRole("button", { name: "Reply" }));
    expect(screen.getByRole("textbox", { name: "Your reply" })).toHaveFocus();
  });
});

describe("the status of a ticket", () => {
  test("is set by the assignee, and shown once the desk has answered", async () => {
    const desk = show(heldBy(TOMAS));
    answer(STATUS, () => {
      desk.become({ ...heldBy(TOMAS), status: "waiting" });
      return { status: 200, body: { success: true, ticket: {} } };
    });
    await userEvent.click(screen.getByRole("button", { name: "Status: Open" }));
    await userEvent.click(screen.getByRole("menuitemradio", { name: "Waiting" }));
    await waitFor(() => expect(details().Status).toBe("Waiting"));
    expect(askedFor(STATUS).map(({ body }) => body)).toEqual([
      { threadId: desk.id, status: "waiting", lastSeenMessageId: question._id },
    ]);
  });

  test.each([
    ["open", "Resolve", { status: "resolved", lastSeenMessageId: question._id }],
    ["resolved", "Reopen", { status: "open" }],
  ] as const)("%s can be changed by: %s", async (status, name, next) => {
    const desk = show({ ...heldBy(TOMAS), status });
    answer(STATUS, { success: true, ticket: {} });
    await userEvent.click(screen.getByRole("button", { name }));
    await waitFor(() => expect(askedFor(STATUS)[0]?.body).toEqual({ threadId: desk.id, ...next }));
  });

  test("can be set by any member on an unassigned ticket, and the menu says that this claims it", async () => {
    show({});
    await userEvent.click(screen.getByRole("button", { name: "Status: Open" }));
    expect(screen.getByRole("group", { name: "Set the status and claim it" })).toBeInTheDocument();
  });

  test("cannot be set on somebody else's ticket, and the page names the assignee", () => {
    show(heldBy(PRIYA));
    expect(screen.getByText("Priya holds this ticket")).toBeInTheDocument();
    expect(button(/Status/)).not.toBeInTheDocument();
    expect(button("Resolve")).not.toBeInTheDocument();
    expect(button(/Unclaim/)).not.toBeInTheDocument();
  });

  test("can be set by an admin only after unclaiming somebody else's ticket", () => {
    show(heldBy(PRIYA), MAYA);
    expect(button("Unclaim Charged twice")).toBeInTheDocument();
    expect(button("Resolve")).not.toBeInTheDocument();
  });

  test("stays, and the page says who holds the ticket by now", async () => {
    const desk = show({});
    answer(STATUS, () => {
      desk.become(heldBy(PRIYA));
      return refusal(409, "already_claimed", "", heldBy(PRIYA));
    });
    await userEvent.click(screen.getByRole("button", { name: "Resolve" }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(/^Priya holds this since \d\d:\d\d\.$/);
    expect(button("Resolve")).not.toBeInTheDocument();
  });

  test("cannot be set by a viewer", () => {
    show({}, { ...TOMAS, role: "viewer" });
    expect(button(/Claim|Reply|Resolve|Status/)).not.toBeInTheDocument();
  });
});
