import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketsList } from "@/components/tickets/TicketsList";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const one = ticket({ _id: "1".repeat(24), subject: "One" });
const two = ticket({ _id: "2".repeat(24), subject: "Two" });
const list = { tickets: [one, two], nextCursor: null };
const page = (
  <>
    <input aria-label="Somewhere to type" />
    <TicketsList view="unassigned" initial={list} empty={null} />
  </>
);

beforeEach(() => {
  localStorage.clear();
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer("GET /api/emails/tickets/unassigned", list);
  answer("POST /api/emails/claim", { success: true, ...heldBy(MAYA) });
});

const current = () => document.querySelector("[aria-current=true] a")?.textContent;
const claimed = () => askedFor("POST /api/emails/claim").map(({ body }) => body);

describe("keys of a list", () => {
  test.each([
    ["j and k", "j", "k"],
    ["the arrows", "{ArrowDown}", "{ArrowUp}"],
  ])("%s move the current row and the focus", async (_name, down, up) => {
    renderOnDesk(page);
    expect(current()).toBe("One");
    await userEvent.keyboard(down);
    expect(current()).toBe("Two");
    expect(screen.getByRole("link", { name: "Two" })).toHaveFocus();
    await userEvent.keyboard(up);
    expect(current()).toBe("One");
  });

  test("c claims the current row", async () => {
    renderOnDesk(page);
    await userEvent.keyboard("jc");
    await waitFor(() => expect(claimed()).toEqual([{ threadId: two._id }]));
  });

  test("Enter opens the ticket of the current row, and r its reply", async () => {
    const { visited } = renderOnDesk(page);
    await userEvent.keyboard("{Enter}");
    await userEvent.keyboard("r");
    expect(visited).toEqual([`/dashboard/tickets/${one._id}`, `/dashboard/tickets/${one._id}#reply`]);
  });

  test("do nothing while the member types in a field", async () => {
    renderOnDesk(page);
    await userEvent.type(screen.getByRole("textbox"), "jc");
    expect(current()).toBe("One");
    expect(claimed()).toEqual([]);
  });

  test("do nothing with a modifier", async () => {
    renderOnDesk(page);
    await userEvent.keyboard("{Control>}c{/Control}");
    expect(claimed()).toEqual([]);
  });

  test("do nothing once they are switched off", async () => {
    localStorage.setItem("claimdesk.shortcuts", "off");
    renderOnDesk(page);
    await userEvent.keyboard("jc");
    expect(current()).toBe("One");
    expect(claimed()).toEqual([]);
  });
});
