import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { ReplyScreen } from "@/components/screens/ReplyScreen";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { conversation, mail, messageId, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";
import { press, REPLY, sentReplies, text, write } from "@/tests/support/screen/replying";

const first = mail("My card shows two payments.");
const answered = replyBy(PRIYA, "Which card was it?");
const newest = mail("The blue one.\n\nOn Monday Support wrote:\n> Which card was it?", {
  visibleText: "The blue one.",
});
const charged = conversation([first, answered, newest]);

beforeEach(() => localStorage.clear());

function show(detail: TicketDetailResponse) {
  const desk = serve(detail);
  renderOnDesk(<ReplyScreen rendered={detail} />, { pathname: `/reply/${detail.ticket._id}` });
  return desk;
}

describe("the reply page", () => {
  test("shows the customer's newest mail, and folds the earlier messages", async () => {
    show(charged);
    expect(screen.getByRole("heading", { name: "Charged twice", level: 1 })).toBeInTheDocument();
    expect(screen.getByText("The blue one.")).toBeVisible();
    expect(screen.queryByText(first.text)).not.toBeInTheDocument();

    await press("2 earlier messages");
    expect(screen.getByText(first.text)).toBeVisible();
    expect(screen.getByText(answered.text)).toBeVisible();
  });

  test("shows the messages after the customer's newest mail", () => {
    show(conversation([first, replyBy(MAYA, "It is refunded.", { state: "unconfirmed" })], heldBy(MAYA)));
    expect(screen.getByText("It is refunded.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Mark as sent" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /earlier/ })).not.toBeInTheDocument();
  });

  test("says that replying claims the ticket, and after the reply that it is yours", async () => {
    const desk = show(charged);
    expect(screen.getByText("Replying claims it")).toBeInTheDocument();
    const sent = replyBy(MAYA, "It is refunded.");
    answer(REPLY, () => {
      desk.become(conversation([first, answered, newest, sent], heldBy(MAYA)));
      return { status: 200, body: { success: true, delivery: "sent", messageId: sent._id, ...heldBy(MAYA) } };
    });
    await write("It is refunded.");
    await press("Send reply");
    await waitFor(() => expect(text()).toHaveValue(""));
    expect(sentReplies()).toMatchObject([{ text: "It is refunded.", lastSeenMessageId: newest._id }]);
    expect(screen.getByText("You", { selector: "b.text-mine" })).toBeInTheDocument();
  });

  test("links to the whole ticket and to the member's own tickets", () => {
    show(charged);
    expect(screen.getByRole("link", { name: "Full ticket" })).toHaveAttribute(
      "href",
      `/dashboard/tickets/${charged.ticket._id}`,
    );
    expect(screen.getByRole("link", { name: "Back to Mine" })).toHaveAttribute(
      "href",
      "/dashboard/tickets/mine",
    );
  });

  test("shows the excerpt of a ticket without stored messages, and can reply to it", async () => {
    const old = conversation([], { excerpt: "We would like to move.", lastMessageId: null });
    show(old);
    answer(REPLY, { success: true, delivery: "sent", messageId: messageId(), ...heldBy(MAYA) });
    expect(screen.getByText("We would like to move.")).toBeVisible();
    await write("Gladly.");
    await press("Send reply");
    await waitFor(() => expect(sentReplies()).toMatchObject([{ lastSeenMessageId: null }]));
  });
});
