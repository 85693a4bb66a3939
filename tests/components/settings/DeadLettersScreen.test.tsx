import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { DeadLettersScreen } from "@/components/settings/DeadLettersScreen";
import type { DeadLetterEntry, DeadLettersResponse } from "@/lib/api/contracts";
import { answer, askedFor, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, renderOnDesk } from "@/tests/support/screen/on-desk";

const LIST = "GET /api/dead-letters";
const RETRY = "POST /api/dead-letters/retry";
const NOTHING: DeadLettersResponse = { deadLetters: [], count: 0 };
const THREAD_ID = "507f1f77bcf86cd799439011";

function letter(overrides: Partial<DeadLetterEntry> = {}): DeadLetterEntry {
  return {
    _id: `events:${THREAD_ID}`,
    error: "The history of a ticket could not be copied (MongoServerError 10334).",
    ticket: { _id: THREAD_ID, reference: "#439011" },
    since: "2026-03-03T09:20:00.000Z",
    attempts: 10,
    ...overrides,
  };
}
const listOf = (...deadLetters: DeadLetterEntry[]) => ({ deadLetters, count: deadLetters.length });

beforeEach(() => answer("GET /api/emails/tickets/counts", NO_COUNTS));

function open(initial?: DeadLettersResponse) {
  if (initial) answer(LIST, initial);
  renderOnDesk(<DeadLettersScreen initial={initial} />, { pathname: "/dashboard/dead-letters" });
}
const button = (name = /^Retry: The history/) => screen.getByRole("button", { name });

test("waits, and then says that nothing has stopped", async () => {
  const held = heldAnswer();
  answer(LIST, held.answering);
  open();
  expect(screen.getByText("Loading the stopped work")).toBeInTheDocument();
  held.give(ok(NOTHING));
  expect(await screen.findByRole("heading", { name: "Nothing has stopped" })).toBeInTheDocument();
});

test("says that the list cannot be loaded, and loads it on a press", async () => {
  answer(LIST, () => "unreachable");
  open();
  expect(await screen.findByText("The stopped work can’t be loaded")).toBeInTheDocument();
  answer(LIST, listOf(letter()));
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("listitem")).toBeInTheDocument();
});

test("each row says what stopped, in which ticket, since when and how often it was tried", () => {
  const release = letter({
    _id: "release:user_gone",
    error: "A ticket of a removed member could not be released (Error).",
    ticket: null,
    attempts: 1,
  });
  open({ deadLetters: [letter(), release], count: "999+" });
  const [first, second] = screen.getAllByRole("listitem");
  expect(first).toHaveTextContent(
    /could not be copied \(MongoServerError 10334\)\.Ticket #439011\. Waiting since 3 Mar.*, tried 10 times\./,
  );
  const link = within(first as HTMLElement).getByRole("link", { name: "#439011" });
  expect(link).toHaveAttribute("href", `/dashboard/tickets/${THREAD_ID}`);
  expect(second).toHaveTextContent(/could not be released \(Error\)\.Waiting since .*, tried once\./);
  expect(screen.getByText(/These are the latest 2 of 999\+/)).toBeInTheDocument();
});

test("a row is retried on a press, goes, and leaves the focus on the list", async () => {
  const other = letter({ _id: "events:other", error: "Something else stopped (Error)." });
  const held = heldAnswer();
  answer(RETRY, held.answering);
  open(listOf(letter(), other));
  await userEvent.click(button());
  expect(button()).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button());
  answer(LIST, listOf(other));
  held.give(ok({ success: true, deadLetterId: letter()._id }));
  expect(await screen.findByText("The work is being retried.")).toBeInTheDocument();
  expect(screen.getAllByRole("listitem")).toHaveLength(1);
  expect(screen.getByRole("list", { name: "Stopped work" })).toHaveFocus();
  expect(askedFor(RETRY)).toHaveLength(1);
  expect(askedFor(RETRY)[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{32}$/);
});

test("a press that came after somebody else's shows the sentence of the desk", async () => {
  answer(RETRY, () => refusal(409, "retried_already", "Somebody else has had this retried already."));
  open(listOf(letter()));
  await userEvent.click(button());
  expect(await screen.findByText("Somebody else has had this retried already.")).toBeInTheDocument();
});
