import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Conversation } from "@/components/conversation/Conversation";
import { useTicket } from "@/components/conversation/use-ticket";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { TeamMember, Ticket } from "@/lib/api/vocabulary";
import { conversation, mail, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const PARTICIPANTS = "POST /api/emails/participants";
const forwarded = mail("See below.", {
  from: PRIYA.email,
  authorId: PRIYA.id,
  authorName: PRIYA.name,
  forwardedFrom: { address: "bea@koch.example", name: "Bea Koch" },
});
const BEA_IS_CUSTOMER = { from: "bea@koch.example", fromName: "Bea Koch" };
const OFFER = "This is from bea@koch.example";

function Shown({ rendered }: { rendered: TicketDetailResponse }) {
  const { refresh, ...detail } = useTicket(rendered);
  return <Conversation detail={detail} refresh={refresh} />;
}

function show(overrides: Partial<Ticket> = {}, member: TeamMember = TOMAS) {
  const detail = conversation([forwarded], overrides);
  const desk = serve(detail);
  renderOnDesk(<Shown rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    become: (next: Partial<Ticket>) => {
      const message = { ...forwarded, forwardedFrom: null }; // as the desk answers from then on
      desk.become(conversation([message], { ...overrides, ...next }));
    },
  };
}

const card = () => within(screen.getByRole("article"));
const button = () => card().queryByRole("button", { name: /^This is from/ });

afterEach(() => void vi.useRealTimers());

describe("a mail that looks forwarded", () => {
  test("asks whether it is from the sender that its text names", () => {
    show();
    expect(card().getByRole("status")).toHaveTextContent(
      "This looks forwarded. Is it from Bea Koch, bea@koch.example?",
    );
    expect(button()).toHaveAccessibleName(OFFER);
  });

  test("makes them the customer on a press: waiting, then done, with the focus on the outcome", async () => {
    const desk = show(heldBy(TOMAS));
    const held = heldAnswer();
    answer(PARTICIPANTS, held.answering);
    button()?.focus();
    await userEvent.keyboard("{Enter}{Enter}");
    expect(button()).toHaveTextContent("Changing the customer");
    desk.become(BEA_IS_CUSTOMER);
    held.give(ok({ success: true }));
    await waitFor(() => expect(button()).not.toBeInTheDocument());
    expect(card().getByRole("status")).toHaveTextContent(
      "bea@koch.example is the customer now. Replies go there.",
    );
    expect(card().getByRole("status")).toHaveFocus();
    expect(askedFor(PARTICIPANTS).map(({ body }) => body)).toEqual([
      { threadId: desk.id, customer: "bea@koch.example" },
    ]);
  });

  test("offers nothing to a viewer, nor if they are the customer already", () => {
    show({}, { ...TOMAS, role: "viewer" });
    expect(screen.queryByText(/looks forwarded/)).not.toBeInTheDocument();
    document.body.replaceChildren();
    show(BEA_IS_CUSTOMER);
    expect(screen.queryByText(/looks forwarded/)).not.toBeInTheDocument();
  });

  test("says on somebody else's ticket who can do it", () => {
    show(heldBy(PRIYA), MAYA);
    expect(button()).not.toBeInTheDocument();
    expect(card().getByRole("status")).toHaveTextContent(
      "Priya holds this ticket and can make them the customer.",
    );
  });

  test("says who holds the ticket by now, and changes nothing", async () => {
    show();
    answer(PARTICIPANTS, () => refusal(409, "already_claimed", "Priya has it.", heldBy(PRIYA)));
    await userEvent.click(screen.getByRole("button", { name: OFFER }));
    expect(await card().findByText(/holds this since/)).toBeVisible();
    expect(card().getByRole("status")).toHaveTextContent(/Priya holds this since/);
    expect(card().queryByText(/is the customer now/)).not.toBeInTheDocument();
  });

  test("shows the sentence of a refusal, and can be tried again", async () => {
    show();
    const sentence = "bea@koch.example is the desk's own address.";
    answer(PARTICIPANTS, () => refusal(422, "invalid_recipient", sentence));
    await userEvent.click(screen.getByRole("button", { name: OFFER }));
    await waitFor(() => expect(card().getByRole("status")).toHaveTextContent(sentence));
    expect(button()).toBeEnabled();
  });

  test("says that the desk could not be reached", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    show();
    answer(PARTICIPANTS, () => "unreachable");
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.click(screen.getByRole("button", { name: OFFER }));
    await act(() => vi.advanceTimersByTimeAsync(10_500));
    expect(card().getByRole("status")).toHaveTextContent(/The desk could not be reached at .* Try again\./);
  });
});
