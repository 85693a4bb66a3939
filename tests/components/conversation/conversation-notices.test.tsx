import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TeamMember, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { conversation, line, mail, person, replyBy, serve } from "@/tests/support/factories/conversations";
import { BOX, report, row, WORDS } from "@/tests/support/factories/notices";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";
import { DELIVERY } from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");
const reply = (overrides: Partial<TicketMessage> = {}) => replyBy(MAYA, "Refunded.", overrides);

beforeEach(() => localStorage.clear());

function show(
  messages: TicketMessage[],
  { member = MAYA, ticket = heldBy(MAYA) as Partial<Ticket>, history = [] as ReturnType<typeof line>[] } = {},
) {
  const detail = conversation([question, ...messages], ticket, history);
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
  return (...next: TicketMessage[]) => desk.become(conversation([question, ...next], ticket));
}

const viewer: TeamMember = { ...MAYA, id: "user_vera", role: "viewer" };
const card = (name = "Reply by You") => within(screen.getByRole("article", { name }));
const list = () => within(screen.getByRole("list", { name: "Conversation" }));
const told = (words: string | RegExp) => card().getByText(words).textContent?.replace(/\s+/g, " ").trim();

describe("a reply that came back", () => {
  const lost = reply({ to: [BOX], state: "came_back" });

  test("says from whom and why, inside its own card, and no mail of the report stands beside it", () => {
    show([lost, report(lost)]);
    expect(card().getByText("Came back")).toBeVisible();
    expect(told(/the mailbox does not exist/)).toMatch(
      new RegExp(`^Came back from ${BOX}: the mailbox does not exist\\. \\d\\d:\\d\\d$`),
    );
    expect(list().getAllByRole("article")).toHaveLength(2);
  });

  test("quotes the mail server's words as somebody else's, without links", () => {
    show([lost, report(lost)]);
    const quote = card().getByText(WORDS);
    expect(quote.tagName).toBe("BLOCKQUOTE");
    expect(quote).toHaveAttribute("dir", "auto");
    expect(card().getByText("Their mail server wrote:")).toBeVisible();
    expect(card().queryByRole("link", { name: /evil/ })).not.toBeInTheDocument();
  });

  test("shortens long words until all of them are asked for", async () => {
    const detail = "550 no ".repeat(200).trim();
    show([lost, report(lost, { recipients: [{ address: BOX, status: null, detail }] })]);
    expect(card().queryByText(detail)).not.toBeInTheDocument();
    await userEvent.click(card().getByRole("button", { name: "Show all of it" }));
    expect(card().getByText(detail)).toBeVisible();
  });

  test("ends words that the desk has cut in an ellipsis", () => {
    const detail = "550 no ".repeat(90).slice(0, 500);
    show([lost, report(lost, { recipients: [{ address: BOX, status: null, detail }] })]);
    expect(card().getByText(/^550 no/).textContent).toBe(`${detail}…`);
    expect(card().queryByRole("button", { name: "Show all of it" })).not.toBeInTheDocument();
  });

  test("shows the report on a press, without links, and offers it as it arrived", async () => {
    show([lost, report(lost)]);
    await userEvent.click(card().getByRole("button", { name: "Show the report" }));
    expect(card().getByText(/This mail could not be delivered/)).toBeVisible();
    expect(card().queryByRole("link", { name: /evil/ })).not.toBeInTheDocument();
    expect(card().getByRole("link", { name: "Download the mail as it arrived" })).toHaveAttribute(
      "href",
      `/api/emails/inbound/${"e".repeat(64)}/raw`,
    );
  });

  test("can be sent again by the assignee", async () => {
    const become = show([lost, report(lost)]);
    answer(DELIVERY, () => {
      become({ ...lost, state: "queued" });
      return { status: 200, body: { success: true, messageId: lost._id, state: "queued" } };
    });
    await userEvent.click(card().getByRole("button", { name: "Send again" }));
    await waitFor(() => expect(card().getByText("It is being sent.")).toHaveFocus(), { timeout: 5_000 });
    expect(askedFor(DELIVERY)[0]?.body).toEqual({ messageId: lost._id, action: "send_again" });
  });

  test("offers a viewer nothing to press but the report", () => {
    show([lost, report(lost)], { member: viewer });
    const names = card("Reply by Maya Lindqvist")
      .getAllByRole("button")
      .map(({ textContent }) => textContent);
    expect(names).toEqual(["Show the report"]);
  });

  test("is told as history once it was sent again", () => {
    const again = { ...lost, state: "sent" as const };
    show([again, report(again)]);
    expect(card().getByText("Sent")).toBeVisible();
    expect(told(/^Before:/)).toMatch(/^Before: Came back from .*: the mailbox does not exist\./);
    expect(card().queryByRole("button")).not.toBeInTheDocument();
  });

  test("for one of its recipients says so once, and cannot be sent again", () => {
    const partly = reply({
      cc: [BOX],
      state: "sent",
      undelivered: [{ address: BOX, detail: WORDS }],
    });
    show([partly, report(partly)]);
    expect(card().getByText("Came back")).toBeVisible();
    expect(told(/does not exist/)).toContain("The other mail has not come back.");
    expect(card().getAllByText(WORDS)).toHaveLength(1);
    expect(card().queryByText(/Not delivered/)).not.toBeInTheDocument();
    expect(card().queryByRole("button", { name: "Send again" })).not.toBeInTheDocument();
  });
});

describe("a report that names none of the reply's recipients", () => {
  test("says so, is about all of them, is said once, and offers no address to correct", () => {
    const undelivered = [
      { address: "lena@hoffmann.example", detail: "The reply came back from this address." },
    ];
    const lost = reply({ state: "came_back", undelivered });
    const elsewhere = { address: "archive@elsewhere.example", status: null, detail: "552 full" };
    show([lost, report(lost, { cause: "mailbox_full", recipients: [elsewhere] })]);
    expect(told(/mailbox is full/)).toMatch(
      /^Came back from archive@elsewhere\.example: the mailbox is full\. That is none of this reply’s addresses; the mail may have been forwarded\./,
    );
    expect(card().queryByText(/came back from this address/)).not.toBeInTheDocument();
    expect(card().queryByRole("button", { name: /^Correct/ })).not.toBeInTheDocument();
  });
});

describe("a notice of the desk about a reply", () => {
  test("says the desk's own reason if no mail server said anything", () => {
    const lastError = "The mail server did not accept the user name and password in SMTP_URL.";
    const refused = reply({ state: "queued", lastError });
    show([refused, row(refused, { kind: "delayed", cause: "other" })]);
    expect(told(/SMTP_URL/)).toMatch(`Not delivered yet: ${lastError} It is tried again by itself.`);
  });

  test("that nobody confirmed names those who were refused, each once", () => {
    const undelivered = [{ address: BOX, detail: "The mail server refused the address: 550 No." }];
    const open = reply({ cc: [BOX], state: "unconfirmed", undelivered });
    const recipients = [{ address: BOX, status: null, detail: "550 No" }];
    show([open, row(open, { kind: "unconfirmed", cause: null, recipients })]);
    expect(card().getByText(`Not delivered to ${BOX}:`)).toBeVisible();
    expect(card().getAllByText(/550 No/)).toHaveLength(1);
    expect(card().getAllByText(/broke off before confirming/)).toHaveLength(1);
  });

  test("that was refused is said once, with the words of the mail server quoted", () => {
    const refused = reply({ state: "failed", lastError: "The mail server refused it: 552 too big" });
    show([refused, row(refused, { kind: "failed", cause: "too_large", detail: "552 too big" })]);
    expect(told(/too large/)).toMatch(/^Not delivered: the mail is too large\./);
    expect(card().getByText("552 too big").tagName).toBe("BLOCKQUOTE");
    expect(card().queryByText(/refused it/)).not.toBeInTheDocument();
    expect(card().getByRole("button", { name: "Retry" })).toBeEnabled();
  });

  test("that is delayed says that it is tried again by itself, and offers nothing", () => {
    const late = reply({ state: "queued", lastError: "The mail server is away." });
    show([late, row(late, { kind: "delayed", cause: "unreachable", detail: "451 Try later" })]);
    expect(told(/tried again/)).toMatch(
      /^Not delivered yet: their mail server could not be reached\. It is tried again by itself\./,
    );
    expect(card().queryByText("The mail server is away.")).not.toBeInTheDocument();
    expect(card().queryByRole("button")).not.toBeInTheDocument();
  });

  test("that nobody confirmed is said once", () => {
    const open = reply({ state: "unconfirmed" });
    show([open, row(open, { kind: "unconfirmed", cause: null })]);
    expect(card().getAllByText(/broke off before confirming/)).toHaveLength(1);
    expect(card().getByRole("button", { name: "Mark as sent" })).toBeEnabled();
  });

  test.each([
    ["You undid this reply. It did not go out.", MAYA],
    ["Priya undid this reply. It did not go out.", PRIYA],
  ])("that was undone reads: %s", (sentence, by) => {
    const undone = reply({ state: "cancelled" });
    const undoing = line({
      kind: "delivery_settled",
      action: "undo",
      by: person(by),
      messageId: undone._id,
    });
    show([undone, row(undone, { kind: "undone", cause: null })], { history: [undoing] });
    expect(told(/undid/)).toContain(sentence);
  });

  test("stands in its place if the reply is not loaded", () => {
    const elsewhere = reply();
    show([row(elsewhere, { kind: "failed", cause: "blocked", detail: "554 no" })]);
    expect(list().getByText("A reply was not delivered: their mail server refused it.")).toBeVisible();
    expect(list().getByText("554 no").tagName).toBe("BLOCKQUOTE");
  });
});

describe("a report that nothing proves", () => {
  test("is a quiet row, and leaves the reply as it is", async () => {
    const sent = reply();
    show([sent, report(sent, { isProven: false })]);
    expect(card().getByText("Sent")).toBeVisible();
    expect(card().queryByText(/Came back/)).not.toBeInTheDocument();
    expect(
      list().getByText(/^A mail says that this reply did not arrive, but nothing proves it\./),
    ).not.toHaveClass("text-danger");
    expect(list().queryByText(WORDS)).not.toBeInTheDocument();
    await userEvent.click(list().getByRole("button", { name: "Show the mail" }));
    expect(list().getByText(/This mail could not be delivered/)).toBeVisible();
  });
});

describe("a reaction", () => {
  const thumb = (to: TicketMessage, fromName: string, emoji = "👍") =>
    mail("", { automatic: true, fromName, reaction: { emoji, replyId: to._id } });

  test("is shown at its reply, each emoji once with the names", () => {
    const sent = reply();
    show([
      sent,
      thumb(sent, "Lena Hoffmann"),
      thumb(sent, "Petra Vance"),
      thumb(sent, "Lena Hoffmann", "🎉"),
    ]);
    const chips = within(card().getByRole("list", { name: "Reactions" })).getAllByRole("listitem");
    expect(chips.map(({ textContent }) => textContent)).toEqual(["👍Lena, Petra", "🎉Lena"]);
    expect(list().getAllByRole("article")).toHaveLength(2);
  });

  test("is a small line if its reply is not loaded", () => {
    show([thumb(reply(), "Lena Hoffmann")]);
    expect(list().getByText(/reacted with 👍 to an earlier reply/)).toHaveTextContent(/^Lena reacted/);
  });
});
