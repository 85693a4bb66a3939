import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import { useTicket } from "@/components/conversation/use-ticket";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { TeamMember, TicketMessage } from "@/lib/api/vocabulary";
import { conversation, mail, replyBy, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";
import { DELIVERY } from "@/tests/support/screen/replying";

const question = mail("My card shows two payments.");

function Shown({ rendered }: { rendered: TicketDetailResponse }) {
  const { refresh, ...detail } = useTicket(rendered);
  return <Conversation detail={detail} refresh={refresh} />;
}

function show(reply: TicketMessage, assignee: TeamMember | null, member = MAYA) {
  const detail = conversation([question, reply], assignee ? heldBy(assignee) : {});
  const desk = serve(detail);
  renderOnDesk(<Shown rendered={detail} />, { member });
  const become = (next: TicketMessage) => desk.become(conversation([question, next], heldBy(MAYA)));
  return { become, goAway: desk.goAway };
}

const card = (name = "Reply by You") => within(screen.getByRole("article", { name }));
const unconfirmed = replyBy(MAYA, "Refunded.", { state: "unconfirmed", lastError: "It broke off." });
const failed = replyBy(MAYA, "Refunded.", { state: "failed", lastError: "The address doesn’t exist." });

afterEach(() => void vi.useRealTimers());

describe("the delivery of a reply", () => {
  test.each([
    ["queued", "Waiting to go out"],
    ["sending", "Sending"],
    ["sent", "Sent"],
    ["failed", "Not delivered"],
    ["unconfirmed", "Unconfirmed"],
    ["cancelled", "Taken back"],
  ] as const)("%s reads: %s", (state, words) => {
    show(replyBy(MAYA, "Refunded.", { state }), MAYA);
    expect(card().getByText(words)).toBeInTheDocument();
  });

  test.each([
    ["Mark as sent", "mark_sent", "sent", "This reply counts as sent."],
    ["Send again", "send_again", "queued", "It is being sent."],
    ["Send again", "send_again", "sent", "Sent."],
  ] as const)("that nobody confirmed can be settled by: %s", async (button, action, state, words) => {
    const desk = show(unconfirmed, MAYA);
    expect(
      card().getByText("The mail server broke off before confirming. Lena may have this reply."),
    ).toBeInTheDocument();
    answer(DELIVERY, () => {
      desk.become({ ...unconfirmed, state });
      return { status: 200, body: { success: true, messageId: unconfirmed._id, state } };
    });
    await userEvent.click(card().getByRole("button", { name: button }));
    await waitFor(() => expect(card().getByText(words)).toHaveFocus(), { timeout: 5_000 });
    expect(card().queryByRole("button", { name: button })).not.toBeInTheDocument();
    expect(askedFor(DELIVERY).map(({ body }) => body)).toEqual([{ messageId: unconfirmed._id, action }]);
  });

  test("that was refused says why, and can be retried", async () => {
    const desk = show(failed, MAYA);
    expect(card().getByText("Not delivered.")).toBeVisible();
    expect(card().getByText("The address doesn’t exist.").tagName).toBe("BLOCKQUOTE");
    expect(card().getByText("You still hold the ticket.")).toBeInTheDocument();
    answer(DELIVERY, () => {
      desk.become({ ...failed, state: "sent", lastError: null });
      return { status: 200, body: { success: true, messageId: failed._id, state: "queued" } };
    });
    await userEvent.click(card().getByRole("button", { name: "Retry" }));
    expect(await card().findByText("Sent")).toBeInTheDocument();
    expect(askedFor(DELIVERY)[0]?.body).toEqual({ messageId: failed._id, action: "retry" });
  });

  test("says that a waiting reply is tried again, and quotes why it waits", () => {
    const lastError = "The mail server asked to try again later: 451 see https://evil.example";
    show(replyBy(MAYA, "Refunded.", { state: "queued", lastError }), MAYA);
    expect(card().getByText("Not sent yet. It is tried again by itself.")).toBeInTheDocument();
    expect(card().getByText(lastError).tagName).toBe("BLOCKQUOTE");
  });

  test("is settled by the assignee alone", () => {
    show({ ...unconfirmed, authorId: PRIYA.id, authorName: PRIYA.name }, PRIYA);
    const priyas = card("Reply by Priya Nair");
    expect(priyas.queryByRole("button")).not.toBeInTheDocument();
  });

  test("can be settled after a claim if the ticket is unassigned", () => {
    show(unconfirmed, null);
    expect(card().getByText(/Claim this ticket to settle it\./)).toBeInTheDocument();
  });

  test("says that somebody else settled it first", async () => {
    show(unconfirmed, MAYA);
    answer(DELIVERY, () =>
      refusal(409, "delivery_settled", "This reply is already sent; there is nothing left to do.", {
        state: "sent",
      }),
    );
    await userEvent.click(card().getByRole("button", { name: "Send again" }));
    expect(
      await card().findByText("This reply is already sent; there is nothing left to do."),
    ).toBeInTheDocument();
  });

  test("is not called failed if the desk can't be reached", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show(unconfirmed, MAYA).goAway();
    answer(DELIVERY, () => "unreachable");
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.click(card().getByRole("button", { name: "Mark as sent" }));
    await act(() => vi.advanceTimersByTimeAsync(3_500));
    expect(card().getByText("Still trying.")).toBeInTheDocument();
    await act(() => vi.advanceTimersByTimeAsync(7_000));
    expect(card().getByText(/The desk could not be reached/)).toBeInTheDocument();
    expect(card().getByRole("button", { name: "Mark as sent" })).toBeEnabled();
  });
});
