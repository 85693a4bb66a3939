import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { Attention, TeamMember, Ticket } from "@/lib/api/vocabulary";
import { conversation, mail, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const SEEN = "POST /api/emails/seen";
const STATUS = "POST /api/emails/status";
const question = mail("My card shows two payments.");
const second = mail("Please don’t refund it twice!");
const viewer: TeamMember = { ...MAYA, id: "user_vera", role: "viewer" };

const cameBack: Attention = {
  kind: "came_back",
  at: new Date().toISOString(),
  messageId: question._id,
  cause: "no_mailbox",
};

/** The page reads the ticket again before it shows an answer. */
const READ = { timeout: 5_000 };

beforeEach(() => localStorage.clear());

function show(ticket: Partial<Ticket>, member = MAYA) {
  const detail = conversation([question], ticket);
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    become: (next: Partial<Ticket>, messages = [question]) => desk.become(conversation(messages, next)),
  };
}

const button = (name: string) => screen.queryByRole("button", { name });
const face = () => within(screen.getByRole("region", { name: "Written meanwhile" }));
const newer = (message: typeof question) =>
  refusal(409, "newer_messages", "", { messages: [message], lastMessageId: message._id });
const bodies = (route: string) => askedFor(route).map(({ body }) => body);

describe("a ticket that needs a look", () => {
  test.each<[string, Partial<Attention>]>([
    ["A reply came back: the mailbox does not exist.", {}],
    ["A reply came back.", { cause: null }],
    ["A reply was not delivered: the mail is too large.", { kind: "failed", cause: "too_large" }],
    ["The mail server broke off before confirming a reply.", { kind: "unconfirmed", cause: null }],
    ["A reply is not delivered yet: the mailbox is full.", { kind: "delayed", cause: "mailbox_full" }],
    ["A reply was undone.", { kind: "undone", cause: null }],
  ])("says why: %s", (sentence, attention) => {
    show({ ...heldBy(MAYA), attention: { ...cameBack, ...attention } });
    expect(screen.getByText(sentence)).toBeVisible();
    expect(button("Seen")).toBeEnabled();
  });

  test("does not say so of a customer's mail", () => {
    show({ ...heldBy(MAYA), attention: { ...cameBack, kind: "customer_mail", cause: null } });
    expect(button("Seen")).not.toBeInTheDocument();
  });

  test("is marked as seen by keyboard, with the newest message on the page and the focus on the outcome", async () => {
    const desk = show({ ...heldBy(MAYA), attention: cameBack });
    answer(SEEN, () => {
      desk.become(heldBy(MAYA));
      return ok({ success: true, ticket: {} });
    });
    button("Seen")?.focus();
    await userEvent.keyboard("{Enter}");
    const said = await screen.findByText("Marked as seen.", {}, READ);
    await waitFor(() => expect(said).toHaveFocus(), READ);
    expect(said.closest("[role=status]")).toBeVisible();
    expect(button("Seen")).not.toBeInTheDocument();
    expect(bodies(SEEN)).toEqual([{ threadId: desk.id, lastSeenMessageId: question._id }]);
  });

  test("says that marking an unassigned one claims it", () => {
    show({ attention: cameBack });
    expect(button("Claim and mark as seen")).toBeEnabled();
  });

  test("is held back by a newer message, which is shown, and then counts as seen too", async () => {
    const desk = show({ ...heldBy(MAYA), attention: cameBack });
    answer(SEEN, () => newer(second));
    await userEvent.click(screen.getByRole("button", { name: "Seen" }));
    expect(await screen.findByText("Not marked as seen: Lena wrote again.", {}, READ)).toBeVisible();
    expect(face().getByText(second.text)).toBeVisible();
    answer(SEEN, () => {
      desk.become(heldBy(MAYA), [question, second]);
      return ok({ success: true, ticket: {} });
    });
    await userEvent.click(face().getByRole("button", { name: "Mark as seen anyway" }));
    expect(await screen.findByText("Marked as seen.", {}, READ)).toBeVisible();
    expect(bodies(SEEN)).toMatchObject([
      { lastSeenMessageId: question._id },
      { lastSeenMessageId: second._id },
    ]);
  });

  test("cannot be marked by others, whom the header alone tells who holds the ticket", () => {
    show({ ...heldBy(PRIYA), attention: cameBack });
    expect(screen.getAllByText(/holds this ticket$/)).toHaveLength(1);
    expect(button("Seen")).not.toBeInTheDocument();
  });

  test("offers a viewer nothing", () => {
    show({ attention: cameBack }, viewer);
    expect(screen.getByText("A reply came back: the mailbox does not exist.")).toBeVisible();
    expect(button("Claim and mark as seen")).not.toBeInTheDocument();
  });
});

describe("a status that newer messages hold back", () => {
  async function resolve() {
    const desk = show(heldBy(MAYA));
    answer(STATUS, () => newer(second));
    await userEvent.click(screen.getByRole("button", { name: "Resolve" }));
    await screen.findByText("Not resolved: Lena wrote again.", {}, READ);
    return desk;
  }

  test("says who wrote, and shows the message, with the focus on it", async () => {
    await resolve();
    expect(screen.getByRole("alert")).toHaveTextContent(
      "Not resolved: Lena wrote again. Read it, then resolve.",
    );
    expect(face().getByText(second.text)).toBeVisible();
    expect(screen.getByRole("region", { name: "Written meanwhile" })).toHaveFocus();
  });

  test("is set anyway with the newest message shown, and the page is as before", async () => {
    const desk = await resolve();
    answer(STATUS, () => {
      desk.become({ ...heldBy(MAYA), status: "resolved" }, [question, second]);
      return ok({ success: true, ticket: {} });
    });
    await userEvent.click(face().getByRole("button", { name: "Resolve anyway" }));
    await waitFor(() => expect(button("Status: Resolved")).toHaveFocus(), READ);
    expect(screen.queryByRole("region", { name: "Written meanwhile" })).not.toBeInTheDocument();
    expect(bodies(STATUS)).toEqual([
      { threadId: desk.id, status: "resolved", lastSeenMessageId: question._id },
      { threadId: desk.id, status: "resolved", lastSeenMessageId: second._id },
    ]);
  });

  test("is held back again by a message newer than the one shown", async () => {
    const third = mail("Or do refund it.");
    await resolve();
    answer(STATUS, () => newer(third));
    await userEvent.click(face().getByRole("button", { name: "Resolve anyway" }));
    expect(await face().findByText(third.text, {}, READ)).toBeVisible();
  });

  test("tells of a message that came while it was open", async () => {
    const desk = await resolve();
    const third = mail("Or do refund it.");
    desk.become({ ...heldBy(MAYA), lastMessageId: third._id }, [question, second, third]);
    await waitFor(() => expect(face().getByText("And one more just now.")).toBeVisible(), READ);
  });

  test("can be left as it is, with the focus on the button", async () => {
    await resolve();
    await userEvent.click(face().getByRole("button", { name: "Not now" }));
    expect(screen.getByRole("button", { name: /^Resolve/ })).toHaveFocus();
    expect(screen.queryByRole("region", { name: "Written meanwhile" })).not.toBeInTheDocument();
    expect(bodies(STATUS)).toHaveLength(1);
  });

  test("says so of Waiting too, and tells of a reply that came back", async () => {
    show(heldBy(MAYA));
    const notice = { kind: "came_back", replyId: "f".repeat(64), cause: "mailbox_full" } as const;
    const report = mail("552 full", {
      automatic: true,
      notice: { ...notice, recipients: [], detail: "552 full", isProven: true },
    });
    answer(STATUS, () => newer(report));
    await userEvent.click(screen.getByRole("button", { name: "Status: Open" }));
    await userEvent.click(screen.getByRole("menuitemradio", { name: "Waiting" }));
    await waitFor(
      () =>
        expect(screen.getByRole("alert")).toHaveTextContent(
          "Not set to Waiting: a reply came back. Read it, then set it to Waiting.",
        ),
      READ,
    );
    expect(face().getByText("A reply came back: the mailbox is full.")).toBeVisible();
    expect(face().getByRole("button", { name: "Set to Waiting anyway" })).toBeEnabled();
  });
});
