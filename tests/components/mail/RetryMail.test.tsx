import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { LedgerScreen } from "@/components/mail/LedgerScreen";
import type { LedgerEntry } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import {
  answer,
  askedFor,
  goOffline,
  goOnline,
  heldAnswer,
  ok,
  refusal,
} from "@/tests/support/screen/desk-answers";
import { failedEntry, NO_FIGURES } from "@/tests/support/factories/ledger-entries";
import { NO_COUNTS, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const LEDGER = "GET /api/emails/ledger";
const failed = failedEntry();
const RETRY = `POST /api/emails/inbound/${failed._id}/retry`;
const list = (...mails: LedgerEntry[]) => ({ mails, nextCursor: null });

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer("GET /api/emails/ledger/summary", { day: NO_FIGURES, week: NO_FIGURES });
});

function openLedger(mail: LedgerEntry = failed, member: TeamMember = PRIYA) {
  answer(LEDGER, list(mail));
  renderOnDesk(<LedgerScreen filter={{}} initial={list(mail)} />, { member });
}
const button = () => screen.getByRole("button", { name: "Retry the mail of Lena Hoffmann" });

test("a failed mail says why, and is retried on a press: pending, then its new state", async () => {
  const held = heldAnswer();
  answer(RETRY, held.answering);
  openLedger();
  expect(screen.getByRole("listitem")).toHaveTextContent(
    "Failed: Making a ticket of this mail failed (Error).",
  );
  await userEvent.click(button());
  expect(button()).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(button());

  answer(LEDGER, list({ ...failed, state: "received", error: null, canRetry: false }));
  held.give(ok({ success: true, ledgerId: failed._id }));
  expect(await screen.findByText(/Waiting since/)).toBeInTheDocument();
  expect(await screen.findByText("The mail of Lena Hoffmann is being retried.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Retry/ })).not.toBeInTheDocument();
  expect(askedFor(RETRY)).toHaveLength(1);
  expect(askedFor(RETRY)[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{32}$/);
});

test("a press that came too late shows the sentence of the desk", async () => {
  answer(RETRY, () =>
    refusal(409, "nothing_to_retry", "This mail is being tried already.", { state: "received" }),
  );
  openLedger();
  await userEvent.click(button());
  expect(await screen.findByText("This mail is being tried already.")).toBeInTheDocument();
});

test("a retry waits for the connection while offline, and is then sent once", async () => {
  answer(RETRY, { success: true, ledgerId: failed._id });
  openLedger();
  goOffline();
  await userEvent.click(button());
  expect(await screen.findByText("Waiting for the connection. This goes on by itself.")).toBeInTheDocument();
  goOnline();
  expect(await screen.findByText("The mail of Lena Hoffmann is being retried.")).toBeInTheDocument();
  expect(askedFor(RETRY)).toHaveLength(1);
});

test("a mail that is too large offers no retry, and no mail does to a viewer", () => {
  openLedger(failedEntry({ canRetry: false }));
  expect(screen.queryByRole("button", { name: /Retry/ })).not.toBeInTheDocument();
  openLedger(failed, { ...PRIYA, role: "viewer" });
  expect(screen.queryByRole("button", { name: /Retry/ })).not.toBeInTheDocument();
});
