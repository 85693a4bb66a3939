import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { DeskNotices } from "@/components/shell/DeskNotices";
import type { CardsStatus, DeskStatusResponse } from "@/lib/api/contracts";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const STATUS = "GET /api/desk-status";
const RESUME = "POST /api/cards/resume";
const MINUTE_MS = 60_000;
const MESSAGE = "Discord no longer knows the webhook. Cards are not kept up to date. Make a new webhook.";
const PAUSED: CardsStatus = {
  state: "paused",
  since: new Date(Date.now() - 20 * MINUTE_MS).toISOString(),
  nextTryAt: new Date(Date.now() + 40 * MINUTE_MS).toISOString(),
  reason: "unknown_webhook",
  message: MESSAGE,
  failedCards: 0,
};
const deskWith = (cards: CardsStatus): DeskStatusResponse => ({
  worker: null,
  cards,
  mail: { silence: null },
  stopped: 0,
});

async function open(member = PRIYA, cards: CardsStatus = PAUSED) {
  answer(STATUS, deskWith(cards));
  renderOnDesk(<DeskNotices />, { member });
  return screen.findByText(/no longer knows the webhook/);
}
const button = () => screen.getByRole("button", { name: "Resume cards" });

afterEach(() => vi.useRealTimers());

test("says why and since when cards are paused, and when the desk tries again by itself", async () => {
  expect(await open()).toHaveTextContent(
    /Make a new webhook\. Paused since .*\d\d:\d\d\. It is tried again by itself at .*\d\d:\d\d\.$/,
  );
});

test("says no time that it does not know", async () => {
  expect(await open(PRIYA, { ...PAUSED, since: null, nextTryAt: null })).toHaveTextContent(MESSAGE);
  expect(screen.queryByText(/Paused since|tried again/)).not.toBeInTheDocument();
});

test("waits for Discord's answer, and gives its place and the focus to the outcome once cards are sent again", async () => {
  await open();
  const held = heldAnswer();
  answer(RESUME, held.answering);
  await userEvent.click(button());
  expect(button()).toHaveTextContent("Asking Discord");
  expect(button()).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button());
  expect(askedFor(RESUME)).toHaveLength(1);

  answer(STATUS, deskWith({ state: "working", failedCards: 0 }));
  held.give(ok({ success: true, state: "resumed" }));
  const outcome = await screen.findByText("Cards are sent to Discord again.");
  await waitFor(() => expect(outcome).toHaveFocus());
  expect(screen.queryByText(/no longer knows the webhook/)).not.toBeInTheDocument();
});

test("says why Discord still refuses in place of the older reason, and may be pressed again", async () => {
  await open();
  const sentence = "Cards stay paused: Discord gave no clear answer. Try again in a minute.";
  answer(RESUME, () => refusal(409, "cards_paused", sentence));
  await userEvent.click(button());
  expect(
    await screen.findByText(/Discord gave no clear answer\. Try again in a minute\. Paused/),
  ).toBeVisible();
  expect(screen.queryByText(/no longer knows the webhook/)).not.toBeInTheDocument();
  answer(RESUME, () => ok({ success: true, state: "resumed" }));
  answer(STATUS, deskWith({ state: "working", failedCards: 0 }));
  await userEvent.click(button());
  expect(await screen.findByText("Cards are sent to Discord again.")).toBeVisible();
});

test("says that the desk could not be reached, and keeps the button", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await open();
  answer(RESUME, () => "unreachable");
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  await user.click(button());
  await act(() => vi.advanceTimersByTimeAsync(10_500));
  expect(screen.getByText(/The desk could not be reached/)).toBeVisible();
  expect(button()).toBeEnabled();
});

test("has no button for a viewer, who may not resume cards", async () => {
  await open({ ...PRIYA, role: "viewer" });
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});
