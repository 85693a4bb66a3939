import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import { NOTE_MAX } from "@/lib/api/contracts";
import type { Handover, Ticket } from "@/lib/api/vocabulary";
import { conversation, mail, person, serve } from "@/tests/support/factories/conversations";
import { team, teamRow } from "@/tests/support/factories/team";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const DECLINE = "POST /api/emails/decline";
const REASSIGN = "POST /api/emails/reassign";
const READ = { timeout: 5_000 };
const question = mail("My card shows two payments.");
const fiveMinutesAgo = new Date(Date.now() - 5.5 * 60_000).toISOString();
const handover = (by = TOMAS, note: string | null = "She called twice."): Handover => ({
  by: person(by),
  at: fiveMinutesAgo,
  note,
});
const toPriya = { ...heldBy(PRIYA), handover: handover() };

beforeEach(() => localStorage.clear());

function show(ticket: Partial<Ticket>, member = PRIYA) {
  const detail = conversation([question], ticket);
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    become: (next: Partial<Ticket>) => desk.become(conversation([question], next)),
  };
}

const button = (name: string) => screen.queryByRole("button", { name });
const strip = (words: RegExp) => screen.getByText(words).closest("[role=status]");
const dialog = () => within(screen.getByRole("dialog", { name: "Decline “Charged twice”?" }));
const bodies = (route: string) => askedFor(route).map(({ body }) => body);

describe("a ticket that somebody gave to the reader", () => {
  test("says who gave it, when, and their note", () => {
    show(toPriya);
    expect(strip(/^Tomás gave you this/)).toHaveTextContent(
      "Tomás gave you this 5 minutes ago: “She called twice.”Decline…",
    );
  });

  test("says nothing of it any more once they have worked on it, nor to others", () => {
    show({ ...toPriya, handover: null });
    expect(screen.queryByText(/gave you this/)).not.toBeInTheDocument();
  });

  test("tells others nothing", () => {
    show(toPriya, MAYA);
    expect(screen.queryByText(/gave/)).not.toBeInTheDocument();
  });

  test("is declined with a reason, by keyboard, and the focus goes to the outcome", async () => {
    const desk = show(toPriya);
    answer(DECLINE, () => {
      desk.become({ assignedTo: null });
      return ok({ success: true, ticket: { revision: 1 } });
    });
    button("Decline…")?.focus();
    await userEvent.keyboard("{Enter}");
    expect(dialog().getByRole("textbox", { name: "Reason" })).toHaveFocus();
    await userEvent.keyboard("At the dentist until four.{Enter}");
    const said = await screen.findByText("You declined it. Tomás is told.", {}, READ);
    await waitFor(() => expect(said).toHaveFocus(), READ);
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(bodies(DECLINE)).toEqual([{ threadId: desk.id, reason: "At the dentist until four." }]);
  });

  test("can be given to them once more after they declined it, which asks nothing", async () => {
    const desk = show(toPriya);
    answer(DECLINE, () => {
      desk.become({ assignedTo: null });
      return ok({ success: true, ticket: { revision: 1 } });
    });
    await userEvent.click(screen.getByRole("button", { name: "Decline…" }));
    await userEvent.keyboard("At the dentist.{Control>}{Enter}{/Control}");
    await screen.findByText(/^You declined it\./, {}, READ);
    desk.become({ ...toPriya, handover: handover(MAYA, null) });
    expect(await screen.findByText(/^Maya gave you this/, {}, READ)).toBeVisible();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(screen.queryByText(/^You declined it\./)).not.toBeInTheDocument();
  });

  test("is not declined without a reason, or with one that is too long", async () => {
    show(toPriya);
    await userEvent.click(screen.getByRole("button", { name: "Decline…" }));
    await userEvent.click(dialog().getByRole("button", { name: "Decline" }));
    expect(dialog().getByRole("alert")).toHaveTextContent(/^Say in a few words why you decline it/);
    expect(dialog().getByRole("textbox")).toHaveFocus();
    await userEvent.paste("x".repeat(NOTE_MAX + 1));
    await userEvent.click(dialog().getByRole("button", { name: "Decline" }));
    expect(bodies(DECLINE)).toEqual([]);
  });

  test("keeps a reason that was closed with Escape until it is declined", async () => {
    const desk = show(toPriya);
    await userEvent.click(screen.getByRole("button", { name: "Decline…" }));
    await userEvent.keyboard("At the dentist.{Escape}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Decline…" }));
    expect(dialog().getByRole("textbox")).toHaveValue("At the dentist.");
    answer(DECLINE, () => {
      desk.become({ assignedTo: null });
      return ok({ success: true, ticket: { revision: 1 } });
    });
    await userEvent.keyboard("{Enter}");
    await screen.findByText(/^You declined it\./, {}, READ);
    desk.become({ ...toPriya, handover: handover(MAYA, null) });
    await userEvent.click(await screen.findByRole("button", { name: "Decline…" }, READ));
    expect(dialog().getByRole("textbox")).toHaveValue("");
  });

  test("keeps the reason while the desk's refusal is shown", async () => {
    show(toPriya);
    const sentence = "Nobody gave you this ticket, or you have worked on it since. Unclaim it instead.";
    answer(DECLINE, () => refusal(409, "not_handed_over", sentence));
    await userEvent.click(screen.getByRole("button", { name: "Decline…" }));
    await userEvent.keyboard("At the dentist.{Control>}{Enter}{/Control}");
    await waitFor(() => expect(dialog().getByRole("alert")).toHaveTextContent(sentence), READ);
    expect(dialog().getByRole("textbox")).toHaveValue("At the dentist.");
    await userEvent.keyboard("{Escape}");
    expect(button("Decline…")).toHaveFocus();
  });
});

describe("a ticket that the reader gave to somebody", () => {
  test("says to whom, and can be taken back from that very member", async () => {
    const desk = show(toPriya, TOMAS);
    expect(strip(/^You gave this to Priya/)).toHaveTextContent(/5 minutes ago: “She called twice\.”/);
    answer(REASSIGN, () => {
      desk.become(heldBy(TOMAS));
      return ok({ success: true, ticket: { revision: 1 } });
    });
    await userEvent.click(screen.getByRole("button", { name: "Take it back" }));
    const said = await screen.findByText("It is yours again.", {}, READ);
    await waitFor(() => expect(said).toHaveFocus(), READ);
    expect(bodies(REASSIGN)).toEqual([
      { threadId: desk.id, assignedTo: TOMAS.id, expectedAssignedTo: PRIYA.id },
    ]);
  });

  test("says why it cannot be taken back", async () => {
    show(toPriya, TOMAS);
    const sentence = "You can only give away your own tickets. Ask its assignee or an admin.";
    answer(REASSIGN, () => refusal(403, "not_assignee", sentence));
    await userEvent.click(screen.getByRole("button", { name: "Take it back" }));
    await waitFor(() => expect(strip(/^You gave this to Priya/)).toHaveTextContent(sentence), READ);
  });
});

describe("giving a ticket away on its page", () => {
  beforeEach(() => {
    answer("GET /api/team", team([teamRow(MAYA), teamRow(PRIYA, { isYou: true }), teamRow(TOMAS)]));
  });

  test("works with the key A and Enter, from the assignee on the screen", async () => {
    const desk = show(heldBy(PRIYA));
    answer(REASSIGN, () => {
      desk.become({ ...heldBy(TOMAS), handover: handover(PRIYA, null) });
      return ok({ success: true, ticket: { revision: 1 } });
    });
    await userEvent.keyboard("a");
    await screen.findByRole("option", { name: /Tom/ });
    expect(screen.getByRole("combobox", { name: "Assign to…" })).toHaveValue("");
    await userEvent.keyboard("tom{Enter}");
    expect(await screen.findByText("You gave “Charged twice” to Tomás.", {}, READ)).toBeVisible();
    expect(bodies(REASSIGN)).toEqual([
      { threadId: desk.id, assignedTo: TOMAS.id, expectedAssignedTo: PRIYA.id },
    ]);
    expect(strip(/^You gave this to Tomás/)).toBeVisible();
  });

  test("gives the focus back on Escape", async () => {
    show(heldBy(PRIYA));
    await userEvent.click(screen.getByRole("button", { name: "Assign to…" }));
    await screen.findByRole("option", { name: /Tom/ });
    await userEvent.keyboard("{Escape}");
    expect(button("Assign to…")).toHaveFocus();
  });

  test("is not offered on a colleague's ticket, and the key A says whom to ask", async () => {
    show(heldBy(MAYA));
    expect(button("Assign to…")).not.toBeInTheDocument();
    await userEvent.keyboard("a");
    expect(await screen.findByText("Maya holds it. Ask Maya or an admin.")).toBeVisible();
  });

  test("is neither offered nor explained to a viewer", async () => {
    show(heldBy(MAYA), { ...PRIYA, id: "user_vera", role: "viewer" });
    expect(button("Assign to…")).not.toBeInTheDocument();
    await userEvent.keyboard("a");
    expect(screen.queryByText(/Ask Maya/)).not.toBeInTheDocument();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});
