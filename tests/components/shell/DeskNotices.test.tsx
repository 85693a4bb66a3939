import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { DeskNotices } from "@/components/shell/DeskNotices";
import type { DeskStatusResponse } from "@/lib/api/contracts";
import { answer } from "@/tests/support/screen/desk-answers";
import { PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const STATUS = "GET /api/desk-status";
const WELL: DeskStatusResponse = {
  worker: null,
  cards: { state: "working", failedCards: 0 },
  mail: { silence: null },
  stopped: 0,
};
const HOUR_MS = 60 * 60_000;
const silentFor = (hours: number, usualGapMs: number): DeskStatusResponse => ({
  ...WELL,
  mail: { silence: { since: new Date(Date.now() - hours * HOUR_MS - 60_000).toISOString(), usualGapMs } },
});

test("says since when nothing has worked on mail and cards", async () => {
  answer(STATUS, { ...WELL, worker: { since: new Date(Date.now() - HOUR_MS).toISOString() } });
  renderOnDesk(<DeskNotices />);
  expect(await screen.findByText(/have not been worked on since/)).toHaveTextContent(
    /^Mail and cards have not been worked on since .*\d\d:\d\d\. Ask whoever runs the desk to look at its worker\.$/,
  );
});

test("says that nothing works on mail and cards if nothing ever has", async () => {
  answer(STATUS, { ...WELL, worker: { since: null } });
  renderOnDesk(<DeskNotices />);
  expect(await screen.findByText(/^Nothing works on mail and cards\. Ask/)).toBeVisible();
});

test("says until when Discord asked to wait", async () => {
  const until = new Date(Date.now() + HOUR_MS).toISOString();
  const message = "Discord asked us to wait. Cards catch up by themselves.";
  answer(STATUS, { ...WELL, cards: { state: "blocked", until, message, failedCards: 0 } });
  renderOnDesk(<DeskNotices />);
  expect(await screen.findByText(/Discord asked us to wait/)).toHaveTextContent(
    /by themselves\. Updates continue at .*\d\d:\d\d\.$/,
  );
});

test.each([
  [5, HOUR_MS, "No mail has come in for 5 hours; usually one comes every hour."],
  [30, 20 * 60_000, "No mail has come in for 1 day; usually one comes every 20 minutes."],
])("says after %i hours without mail that it is unusual", async (hours, usualGapMs, sentence) => {
  answer(STATUS, silentFor(hours, usualGapMs));
  renderOnDesk(<DeskNotices />);
  expect(await screen.findByText(new RegExp(sentence))).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "See the mail" })).toHaveAttribute("href", "/dashboard/mail");
});

test("has no link to the mail page on the mail page itself", async () => {
  answer(STATUS, silentFor(5, HOUR_MS));
  renderOnDesk(<DeskNotices />, { pathname: "/dashboard/mail" });
  expect(await screen.findByText(/No mail has come in/)).toBeInTheDocument();
  expect(screen.queryByRole("link")).not.toBeInTheDocument();
});

test("tells an admin, and nobody else, how much work has stopped, and where to see it", async () => {
  answer(STATUS, { ...WELL, stopped: 3 });
  const { unmount } = renderOnDesk(<DeskNotices />);
  expect(await screen.findByText("3 pieces of work have stopped after the last attempt.")).toBeVisible();
  const link = screen.getByRole("link", { name: "See what stopped" });
  expect(link).toHaveAttribute("href", "/dashboard/dead-letters");
  unmount();

  answer(STATUS, { ...silentFor(5, HOUR_MS), stopped: 1 });
  renderOnDesk(<DeskNotices />, { member: PRIYA });
  expect(await screen.findByText(/No mail has come in/)).toBeVisible();
  expect(screen.queryByText(/stopped/)).not.toBeInTheDocument();
});

test.each([
  ["works", WELL],
  ["has no channel", { ...WELL, cards: { state: "off" } } as DeskStatusResponse],
])("shows nothing while the desk %s", async (_name, status) => {
  answer(STATUS, silentFor(5, HOUR_MS));
  const { unmount } = renderOnDesk(<DeskNotices />);
  await screen.findByText(/No mail has come in/);
  unmount();
  answer(STATUS, status);
  const { container } = renderOnDesk(<DeskNotices />);
  await expect.poll(() => container.querySelector("[role=status]:not(:empty)")).toBeNull();
});
