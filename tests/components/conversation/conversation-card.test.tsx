import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { CardSummary, TeamMember } from "@/lib/api/vocabulary";
import { conversation, mail, serve } from "@/tests/support/factories/conversations";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const CARD = "POST /api/emails/card";
const question = mail("My card shows two payments.");
const GONE: CardSummary = { state: "gone", lastError: "The card was deleted in Discord." };
const FAILED: CardSummary = { state: "failed", lastError: "Discord never confirmed the card." };
const PENDING: CardSummary = { state: "pending", lastError: null };
const REQUESTED = ok({ success: true, card: "requested", message: "The card is on its way to the channel." });

beforeEach(() => localStorage.clear());
afterEach(() => void vi.useRealTimers());

function show(card: CardSummary | null, member: TeamMember = PRIYA) {
  const detail = conversation([question], { card });
  const desk = serve(detail);
  renderOnDesk(<TicketScreen rendered={detail} />, { member });
  return {
    id: detail.ticket._id,
    goAway: desk.goAway,
    become: (next: CardSummary) => desk.become(conversation([question], { card: next })),
  };
}

const details = () => within(screen.getByRole("complementary", { name: "Details" }));
const fact = () => details().getByText("Card").nextElementSibling as HTMLElement; // a dd follows each dt
const state = () => within(fact()).getByRole("status");
const button = (name: RegExp) => details().queryByRole("button", { name });

describe("the card in the details", () => {
  test.each([
    ["Post again", "Gone", GONE],
    ["Try again", "Not updated", FAILED],
  ])("offers %s if it is %s, and says why", (label, words, card) => {
    show(card);
    expect(state()).toHaveTextContent(words);
    expect(details().getByText(card.lastError ?? "")).toBeVisible();
    expect(button(new RegExp(`^${label}`))).toBeEnabled();
  });

  test.each([
    ["up to date", { state: "synced", lastError: null } as const],
    ["being updated", PENDING],
    ["not posted yet", null],
  ])("offers nothing if it is %s", (_, card) => {
    show(card);
    expect(button(/again/)).not.toBeInTheDocument();
  });

  test.each([GONE, FAILED])("shows a viewer its state ($state) and offers nothing", (card) => {
    show(card, { ...PRIYA, role: "viewer" });
    expect(details().getByText(card.lastError ?? "")).toBeVisible();
    expect(button(/again/)).not.toBeInTheDocument();
  });

  test("can be requested by keyboard: pending, then its new state, with the focus on it", async () => {
    const desk = show(GONE);
    const held = heldAnswer();
    answer(CARD, held.answering);
    button(/^Post again/)?.focus();
    await userEvent.keyboard("{Enter}{Enter}");
    expect(button(/^Post again/)).toHaveTextContent("Posting");
    expect(button(/^Post again/)).toHaveAttribute("aria-disabled", "true");
    desk.become(PENDING);
    held.give(REQUESTED);
    await waitFor(() => expect(state()).toHaveTextContent("Being updated"));
    await waitFor(() => expect(state()).toHaveFocus());
    expect(button(/again/)).not.toBeInTheDocument();
    expect(askedFor(CARD).map(({ body }) => body)).toEqual([{ threadId: desk.id }]);
  });

  test("says why a request was refused, and can be requested again", async () => {
    const desk = show(FAILED, MAYA);
    const sentence = "Discord no longer knows the webhook. Set DISCORD_WEBHOOK_URL.";
    answer(CARD, () => refusal(409, "cards_paused", sentence, { detail: sentence }));
    await userEvent.click(details().getByRole("button", { name: /^Try again/ }));
    expect(await details().findByRole("alert")).toHaveTextContent(sentence);
    answer(CARD, () => {
      desk.become(PENDING);
      return REQUESTED;
    });
    await userEvent.click(details().getByRole("button", { name: /^Try again/ }));
    await waitFor(() => expect(state()).toHaveTextContent("Being updated"));
    expect(details().queryByText(sentence)).not.toBeInTheDocument();
  });

  test("is requested under the same key after a lost answer", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const desk = show(GONE);
    desk.goAway();
    answer(CARD, () => "unreachable");
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.click(details().getByRole("button", { name: /^Post again/ }));
    await act(() => vi.advanceTimersByTimeAsync(10_500));
    expect(details().getByRole("alert")).toHaveTextContent(
      /^The desk could not be reached at .* Try again\.$/,
    );

    answer(CARD, () => {
      desk.become(PENDING);
      return REQUESTED;
    });
    await user.click(details().getByRole("button", { name: /^Post again/ }));
    await waitFor(() => expect(state()).toHaveTextContent("Being updated"));
    const keys = askedFor(CARD).map(({ headers }) => headers.get("idempotency-key"));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});
