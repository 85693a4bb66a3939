import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { LedgerScreen } from "@/components/mail/LedgerScreen";
import { readLedgerFilter } from "@/components/mail/ledger-paths";
import type { LedgerEntry } from "@/lib/api/contracts";
import { answer, askedFor, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { ledgerEntry, NO_FIGURES } from "@/tests/support/factories/ledger-entries";
import { NO_COUNTS, renderOnDesk } from "@/tests/support/screen/on-desk";

const LEDGER = "GET /api/emails/ledger";
const SUMMARY = "GET /api/emails/ledger/summary";
const list = (...mails: LedgerEntry[]) => ({ mails, nextCursor: null });
const rows = () => within(screen.getByRole("list", { name: "Mails" })).getAllByRole("listitem");

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer(SUMMARY, { day: NO_FIGURES, week: NO_FIGURES });
});

describe("the states of the ledger", () => {
  test("shows a skeleton while waiting", async () => {
    const held = heldAnswer();
    answer(LEDGER, held.answering);
    renderOnDesk(<LedgerScreen filter={{}} />);
    expect(screen.getByText("Loading mails")).toBeInTheDocument();
    held.give(ok(list(ledgerEntry({ subject: "Payment failed" }))));
    expect(await screen.findByText("Payment failed")).toBeInTheDocument();
  });

  test("says what to do before the first mail", async () => {
    answer(LEDGER, list());
    renderOnDesk(<LedgerScreen filter={{}} />);
    expect(await screen.findByRole("heading", { name: "No mail has arrived yet" })).toBeInTheDocument();
    expect(screen.getByText(/Send a mail to the support address/)).toBeInTheDocument();
  });

  test("says that nothing matches a filter, and can clear it", async () => {
    answer(LEDGER, list());
    renderOnDesk(<LedgerScreen filter={{ state: "failed" }} />);
    expect(await screen.findByText("Result is Failed.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Clear filters" })).toHaveAttribute("href", "/dashboard/mail");
    expect(askedFor(LEDGER)[0]?.query.get("state")).toBe("failed");
  });

  test("says that it could not be loaded, and loads after Try again", async () => {
    answer(LEDGER, () => "unreachable");
    renderOnDesk(<LedgerScreen filter={{}} />);
    expect(await screen.findByRole("heading", { name: "The mails can’t be loaded" })).toBeInTheDocument();
    answer(LEDGER, list(ledgerEntry({ subject: "Payment failed" })));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Payment failed")).toBeInTheDocument();
  });

  test("shows sender, subject and result of each mail, and links to the original", () => {
    const mails = list(
      ledgerEntry({ fromName: "Lena", subject: "Payment failed", copies: 3, source: "http" }),
      ledgerEntry({ outcome: "joined" }),
      ledgerEntry({ outcome: null }),
      ledgerEntry({ state: "ignored", ignoredFor: "echo", ticket: null }),
      ledgerEntry({ state: "received", ticket: null, subject: null, fromName: null, from: null, to: [] }),
    );
    answer(LEDGER, mails);
    renderOnDesk(<LedgerScreen filter={{}} initial={mails} />);
    const [opened, joined, known, ignored, waiting] = rows();
    expect(opened).toHaveTextContent(
      "Lena to support@desk.examplePayment failed2 kB by HTTP, arrived 3 timesTicket #439011",
    );
    expect(within(opened ?? document.body).getByRole("link", { name: "#439011" })).toHaveAttribute(
      "href",
      "/dashboard/tickets/507f1f77bcf86cd799439011",
    );
    expect(screen.getByRole("link", { name: "Download the mail of Lena" })).toHaveAttribute(
      "href",
      `/api/emails/inbound/${mails.mails[0]?._id}/raw`,
    );
    expect(joined).toHaveTextContent("Reply in #439011");
    expect(known).toHaveTextContent("In #439011");
    expect(ignored).toHaveTextContent("Ignored: a mail of ours that came back");
    expect(waiting).toHaveTextContent(/Unknown sender.*Waiting since/);
  });
});

test("loads more mails after the last one of the page", async () => {
  const [first, second] = [ledgerEntry({ subject: "First" }), ledgerEntry({ subject: "Second" })];
  answer(LEDGER, ({ query }: { query: URLSearchParams }) =>
    ok(query.has("cursor") ? list(second) : { mails: [first], nextCursor: "1-f" }),
  );
  renderOnDesk(<LedgerScreen filter={{}} initial={{ mails: [first], nextCursor: "1-f" }} />);
  await userEvent.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText("Second")).toBeInTheDocument();
  expect(rows()).toHaveLength(2);
});

test("new mails wait while the member scrolls down, and are shown on a press", async () => {
  const [old, young] = [ledgerEntry({ subject: "Old" }), ledgerEntry({ subject: "Young" })];
  answer(LEDGER, list(old));
  renderOnDesk(<LedgerScreen filter={{}} initial={list(old)} />);
  const scroller = screen.getByRole("list", { name: "Mails" }).parentElement ?? document.body;
  scroller.scrollTo ??= () => {}; // jsdom does not scroll
  scroller.scrollTop = 200;
  fireEvent.scroll(scroller);
  answer(LEDGER, list(young, old));
  const pill = await screen.findByRole("button", { name: "1 new" }, { timeout: 5_000 });
  expect(screen.queryByText("Young")).not.toBeInTheDocument();
  await userEvent.click(pill);
  expect(await screen.findByText("Young")).toBeInTheDocument();
  expect(rows()).toHaveLength(2);
});

test("counts the results of the last day and week, and links to the failed mails", () => {
  answer(LEDGER, list());
  const week = { ...NO_FIGURES, received: "999+" as const, tickets: 900, replies: 1, failed: 2, known: 4 };
  renderOnDesk(
    <LedgerScreen
      filter={{}}
      initial={list()}
      summary={{ day: { ...NO_FIGURES, received: 3, ignored: { empty: 1, echo: 2 } }, week }}
    />,
  );
  const figures = (name: string) => document.querySelector(`dl[aria-label="${name}"]`);
  expect(figures("Last 24 hours")).toHaveTextContent("1 had nothing in it2 came back from us");
  expect(figures("Last 7 days")).toHaveTextContent(/reply1.*failed2.*4 in a ticket already/);
  expect(screen.getByRole("link", { name: "Show 2 failed" })).toHaveAttribute(
    "href",
    "/dashboard/mail?state=failed",
  );
  expect(screen.getByRole("link", { name: "Show 3 ignored" })).toBeInTheDocument();
});

test("the filter offers each result as a link, and can be cleared", async () => {
  answer(LEDGER, list());
  renderOnDesk(<LedgerScreen filter={{ state: "ignored" }} initial={list()} />);
  await userEvent.click(screen.getByRole("button", { name: "Result: Ignored. Change" }));
  expect(screen.getByRole("menuitemradio", { name: "Failed" })).toHaveAttribute(
    "href",
    "/dashboard/mail?state=failed",
  );
  expect(screen.getByRole("link", { name: "Remove filter: result" })).toHaveAttribute(
    "href",
    "/dashboard/mail",
  );
});

test("an address with an unknown result opens the whole ledger", () => {
  expect(readLedgerFilter({ state: "failed" })).toEqual({ state: "failed" });
  expect(readLedgerFilter({ state: "lost" })).toEqual({});
  expect(readLedgerFilter({ state: ["failed", "ignored"] })).toEqual({});
});
