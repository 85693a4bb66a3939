import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TeamMember, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { conversation, mail, person, serve } from "@/tests/support/factories/conversations";
import { answer, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const READ = { timeout: 5_000 };
const question = mail("My card shows two payments.");
const declining = (reason = "At the dentist until four.", by = PRIYA, givenBy = TOMAS): TicketMessage =>
  mail("", {
    direction: "notice",
    automatic: true,
    from: "",
    fromName: null,
    declined: { by: person(by), givenBy: person(givenBy), reason },
  });

beforeEach(() => localStorage.clear());

function show(row: TicketMessage, { member = TOMAS as TeamMember, isLoaded = true } = {}) {
  const attention = { kind: "declined", at: row.sentAt, messageId: row._id, cause: null } as const;
  return open(isLoaded ? [question, row] : [question], { attention, givenBackTo: TOMAS.id }, member);
}

function open(messages: TicketMessage[], ticket: Partial<Ticket>, member: TeamMember) {
  const detail = conversation(messages, ticket);
  serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
}

const strip = () =>
  screen.getByText(/^(\w+ )?(declined|Declined)/, { selector: "b" }).closest("[role=status]");
const list = () => within(screen.getByRole("list", { name: "Conversation" }));

describe("a ticket that was declined", () => {
  test("says who declined it and why, and that nobody holds it", () => {
    show(declining());
    expect(strip()).toHaveTextContent(
      /^Priya declined this: “At the dentist until four\.” Nobody holds it now\. \d\d:\d\d$/,
    );
  });

  test("says so without the reason if the row is in an earlier part of the conversation", () => {
    show(declining(), { isLoaded: false });
    expect(strip()).toHaveTextContent(/^Declined: nobody holds it now\./);
  });

  test("says who and why even if the row is in an earlier part of the conversation", () => {
    const row = declining();
    const attention = { kind: "declined", at: row.sentAt, messageId: row._id, cause: null } as const;
    const declined = { by: person(PRIYA), reason: "At the dentist." };
    open([question], { attention, givenBackTo: TOMAS.id, declined }, TOMAS);
    expect(strip()).toHaveTextContent(/^Priya declined this: “At the dentist\.” Nobody holds it now\./);
  });

  test("says so without a reason that was erased", () => {
    show(declining(""));
    expect(strip()).toHaveTextContent(/^Priya declined this\. Nobody holds it now\./);
    expect(document.querySelector("blockquote")).not.toBeInTheDocument();
  });

  test("is to be claimed or assigned, and not merely marked as seen", () => {
    show(declining(), { member: MAYA });
    expect(screen.getByRole("button", { name: "Claim Charged twice" })).toBeEnabled();
    expect(screen.getByRole("button", { name: "Assign to…" })).toBeEnabled();
    expect(screen.queryByRole("button", { name: /mark as seen/ })).not.toBeInTheDocument();
  });

  test.each([
    ["Mine for whoever gave it", TOMAS, "Mine"],
    ["Unassigned for others", MAYA, "Unassigned"],
  ])("leads back to %s", (_, member, name) => {
    show(declining(), { member });
    expect(screen.getByRole("link", { name })).toBeVisible();
  });

  test("shows the row in its place, with the reason as a colleague's words", () => {
    show(declining());
    expect(list().getAllByRole("article")).toHaveLength(1);
    expect(list().getByText("Priya declined this.").closest("p")).toHaveTextContent(/It came from you\. \d/);
    const quote = list().getByText("At the dentist until four.");
    expect(quote.tagName).toBe("BLOCKQUOTE");
    expect(quote).not.toHaveClass("font-mono");
    expect(list().queryByText(/mail server/)).not.toBeInTheDocument();
  });

  test("tells whoever declined it that they did", () => {
    show(declining(), { member: PRIYA });
    expect(strip()).toHaveTextContent(/^You declined this:/);
    expect(list().getByText("You declined this.").closest("p")).toHaveTextContent(/It came from Tomás\./);
  });
});

describe("a declined ticket among newer messages", () => {
  async function holdResolve(...messages: TicketMessage[]) {
    open([question], heldBy(TOMAS), TOMAS);
    answer("POST /api/emails/status", () =>
      refusal(409, "newer_messages", "", { messages, lastMessageId: question._id }),
    );
    await userEvent.click(screen.getByRole("button", { name: "Resolve" }));
    return screen.findByText(/^Not resolved:/, {}, READ);
  }
  const face = () => within(screen.getByRole("region", { name: "Written meanwhile" }));

  test("is named as what it is, with its reason", async () => {
    expect(await holdResolve(declining())).toHaveTextContent("Not resolved: Priya declined it.");
    expect(face().getByRole("heading")).toHaveTextContent("New from Priya");
    expect(face().getByText("Priya declined this.")).toBeVisible();
    expect(face().getByText("At the dentist until four.").tagName).toBe("BLOCKQUOTE");
  });

  test("gives way to the customer's mail in the sentence", async () => {
    const said = await holdResolve(declining(), mail("Please don’t refund it twice!"));
    expect(said).toHaveTextContent("Not resolved: Lena wrote again.");
    await waitFor(() => expect(face().getAllByRole("heading")).toHaveLength(2));
  });

  test("is told to whoever declined it in lower case", async () => {
    expect(await holdResolve(declining("Busy.", TOMAS, PRIYA))).toHaveTextContent(
      "Not resolved: you declined it.",
    );
  });
});
