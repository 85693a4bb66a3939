import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { UnclaimButton } from "@/components/tickets/UnclaimButton";
import { answer, askedFor, goOffline, goOnline, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const UNCLAIM = "POST /api/emails/unclaim";
const DONE = { success: true, message: "Ticket unclaimed successfully" };
const own = { _id: "a".repeat(24), subject: "Billing issue", ...heldBy(MAYA) };

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
});

async function ask() {
  await userEvent.click(screen.getByRole("button", { name: "Unclaim Billing issue" }));
  return within(screen.getByRole("dialog", { name: "Unclaim “Billing issue”?" }));
}

describe("UnclaimButton", () => {
  test("asks first, and changes nothing after Cancel", async () => {
    renderOnDesk(<UnclaimButton ticket={own} />);
    const dialog = await ask();
    expect(dialog.getByText("Anyone can claim it then.")).toBeInTheDocument();

    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(askedFor(UNCLAIM)).toEqual([]);
  });

  test("cancels on Escape", async () => {
    renderOnDesk(<UnclaimButton ticket={own} />);
    await ask();
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(askedFor(UNCLAIM)).toEqual([]);
  });

  test("waits for the connection while offline, and Cancel stops it", async () => {
    renderOnDesk(<UnclaimButton ticket={own} />);
    const dialog = await ask();
    goOffline();
    await userEvent.click(dialog.getByRole("button", { name: "Unclaim" }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("Waiting for the connection.");
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
    goOnline();
    expect((await ask()).getByRole("button", { name: "Unclaim" })).toBeEnabled();
    expect(askedFor(UNCLAIM)).toEqual([]);
  });

  test("unclaims the ticket from the assignee on the screen", async () => {
    answer(UNCLAIM, DONE);
    renderOnDesk(<UnclaimButton ticket={own} />);
    const dialog = await ask();
    expect(dialog.getByRole("button", { name: "Unclaim" })).toHaveFocus();
    await userEvent.keyboard("{Enter}");

    expect(
      await screen.findByText("You unclaimed “Billing issue”. Anyone can claim it now."),
    ).toBeInTheDocument();
    expect(askedFor(UNCLAIM)[0]?.body).toEqual({ threadId: own._id, expectedAssignedTo: MAYA.id });
    expect(askedFor(UNCLAIM)[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("claims the ticket again on Undo", async () => {
    answer(UNCLAIM, DONE);
    answer("POST /api/emails/claim", { success: true, ...heldBy(MAYA) });
    renderOnDesk(<UnclaimButton ticket={own} />);
    await userEvent.click((await ask()).getByRole("button", { name: "Unclaim" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));

    expect(await screen.findByText("“Billing issue” is yours again.")).toBeInTheDocument();
    expect(askedFor("POST /api/emails/claim")[0]?.body).toEqual({ threadId: own._id });
  });

  test("offers no Undo to an admin who unclaimed somebody else's", async () => {
    answer(UNCLAIM, DONE);
    renderOnDesk(<UnclaimButton ticket={{ ...own, ...heldBy(TOMAS) }} />);
    const dialog = await ask();
    expect(dialog.getByText("Tomás Rivera holds it. Anyone can claim it then.")).toBeInTheDocument();
    await userEvent.click(dialog.getByRole("button", { name: "Unclaim" }));

    expect(await screen.findByText(/You unclaimed “Billing issue” for Tomás/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
    expect(askedFor(UNCLAIM)[0]?.body).toMatchObject({ expectedAssignedTo: TOMAS.id });
  });

  test("shows the sentence of the desk if somebody else holds the ticket by now", async () => {
    const sentence = "This ticket changed meanwhile: Priya Nair holds it now.";
    answer(UNCLAIM, () => refusal(409, "changed_meanwhile", sentence));
    renderOnDesk(<UnclaimButton ticket={own} />);
    await userEvent.click((await ask()).getByRole("button", { name: "Unclaim" }));
    expect(await screen.findByText(sentence)).toBeInTheDocument();
  });

  test("retries under the same key after a lost answer", async () => {
    let attempts = 0;
    answer(UNCLAIM, () => (++attempts === 1 ? "unreachable" : ok(DONE)));
    renderOnDesk(<UnclaimButton ticket={own} />);
    await userEvent.click((await ask()).getByRole("button", { name: "Unclaim" }));

    expect(await screen.findByText(/You unclaimed/)).toBeInTheDocument();
    const keys = askedFor(UNCLAIM).map(({ headers }) => headers.get("idempotency-key"));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});
