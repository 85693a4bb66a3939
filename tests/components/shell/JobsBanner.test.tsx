import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { readJobsNow } from "@/components/client/use-jobs";
import { JobsBanner } from "@/components/shell/JobsBanner";
import type { DeskStatusResponse, JobEntry } from "@/lib/api/contracts";
import { answer, askedFor, refusal } from "@/tests/support/screen/desk-answers";
import { MAYA, PRIYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const JOBS = "/api/emails/bulk/jobs";
const status = (worker: DeskStatusResponse["worker"]): DeskStatusResponse => ({
  worker,
  cards: { state: "off" },
  mail: { silence: null },
  stopped: 0,
});
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const job = (overrides: Partial<JobEntry> = {}): JobEntry => ({
  _id: "a".repeat(64),
  act: { action: "claim" },
  state: "running",
  by: MAYA,
  total: 1_000,
  hasMore: false,
  succeeded: 230,
  refused: 10,
  problems: [],
  requestedAt: "2026-03-10T09:00:00.000Z",
  endedAt: null,
  error: null,
  canUndo: false,
  ...overrides,
});
const done = (overrides: Partial<JobEntry> = {}) =>
  job({ state: "done", endedAt: minutesAgo(1), succeeded: 990, refused: 10, canUndo: true, ...overrides });
const problem = {
  threadId: "1".repeat(24),
  reference: "#111111",
  subject: "Payment failed",
  reason: "newer_messages",
  error: "Somebody wrote since.",
};

function show(...jobs: JobEntry[]) {
  answer(`GET ${JOBS}`, { jobs });
  return renderOnDesk(<JobsBanner />);
}
const press = (name: string | RegExp) => userEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  localStorage.clear();
  answer("GET /api/desk-status", status(null));
});

describe("a job that runs", () => {
  test("says how far it is, in words and on a meter, and goes on within a second", async () => {
    show(job());
    expect(await screen.findByText(/^Claiming 240 of 1,000…/)).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).toHaveAttribute("value", "240");
    answer(`GET ${JOBS}`, { jobs: [job({ succeeded: 500 })] });
    expect(await screen.findByText(/^Claiming 510 of 1,000…/, {}, { timeout: 3_000 })).toBeInTheDocument();
  });

  test.each([
    [{ action: "unclaim" }, "Unclaiming 240 of 1,000"],
    [{ action: "undo" }, "Undoing 240 of 1,000"],
    [{ action: "reassign", assignee: PRIYA, note: null }, "Giving 240 of 1,000 to Priya"],
    [{ action: "status", status: "resolved" }, "Resolving 240 of 1,000"],
    [{ action: "status", status: "waiting" }, "Setting 240 of 1,000 to Waiting"],
  ] as const)("names the act %o", async (act, words) => {
    show(job({ act }));
    expect(await screen.findByText(new RegExp(words))).toBeInTheDocument();
  });

  test("says why it waits", async () => {
    show(job({ error: "The database could not be reached. It is tried again." }));
    expect(await screen.findByText(/It waits: The database could not be reached/)).toBeInTheDocument();
  });

  test("says that nothing works on it while there is no worker", async () => {
    answer("GET /api/desk-status", status({ since: null }));
    show(job());
    expect(await screen.findByText(/It waits: Nothing works on it at the moment/)).toBeInTheDocument();
  });

  test("is cancelled by its button, and says that it is about to end", async () => {
    answer(`POST ${JOBS}/cancel`, { success: true, job: job() });
    show(job());
    await userEvent.click(await screen.findByRole("button", { name: /^Cancel claiming/ }));
    expect(await screen.findByText(/Cancelled: it ends after/)).toBeInTheDocument();
    expect(askedFor(`POST ${JOBS}/cancel`)[0]?.body).toEqual({ jobId: job()._id });
  });
});

describe("the focus", () => {
  test("stays on Cancel while the job ends, and in the place of the banners after that", async () => {
    answer(`POST ${JOBS}/cancel`, { success: true, job: job() });
    show(job());
    const cancel = await screen.findByRole("button", { name: /^Cancel claiming/ });
    await userEvent.click(cancel);
    await screen.findByText(/Cancelled: it ends after/);
    expect(cancel).toHaveFocus();
    expect(cancel).toBeEnabled();
    answer(`GET ${JOBS}`, { jobs: [done({ state: "cancelled" })] });
    await screen.findByText(/^Cancelled\. Claimed/, {}, { timeout: 3_000 });
    expect(document.body).not.toHaveFocus();
    await userEvent.tab();
    expect(screen.getByRole("button", { name: "Undo" })).toHaveFocus();
  });

  test("stays in the place of a banner that is dismissed", async () => {
    show(done());
    await userEvent.click(await screen.findByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/^Claimed/)).not.toBeInTheDocument();
    expect(document.body).not.toHaveFocus();
  });
});

describe("a job that has ended", () => {
  test.each([
    [done(), "Claimed 990. 10 were left as they are."],
    [
      done({ succeeded: 1_000, refused: 0, hasMore: true }),
      "Claimed 1,000. Only the first 1,000 of the list were meant: do it again for more.",
    ],
    [
      done({ state: "cancelled", succeeded: 230 }),
      "Cancelled. Claimed 230. 10 were left as they are. 760 were not reached.",
    ],
    [
      done({
        state: "stopped",
        succeeded: 0,
        refused: 0,
        total: 1,
        error: "Not done: Maya Lindqvist may not do this any more.",
      }),
      "Stopped. Not done: Maya Lindqvist may not do this any more. Claimed none. One was not reached.",
    ],
    [done({ act: { action: "undo" }, refused: 1, total: 991 }), "Undid 990. One was left as it is."],
    [
      done({
        state: "stopped",
        by: PRIYA,
        error: "Not done: Priya Nair may not do this any more.",
        total: 1_000,
      }),
      "A job of Priya Nair was stopped. Not done: Priya Nair may not do this any more. Claimed 990. 10 were left as they are.",
    ],
  ])("says what became of it (%#)", async (ended, sentence) => {
    show(ended);
    expect(await screen.findByText(sentence)).toBeInTheDocument();
  });

  test("lists why tickets were left, with a link to each", async () => {
    const listed = done({ problems: [problem] });
    const others = Array.from({ length: 9 }, (_, at) => ({
      ...problem,
      threadId: `2${at}`.repeat(12),
      error: `Reason ${at}.`,
    }));
    answer(`GET ${JOBS}/${listed._id}`, {
      success: true,
      job: { ...listed, problems: [problem, ...others] },
    });
    show(listed);
    await userEvent.click(await screen.findByRole("button", { name: "See why" }));
    const dialog = within(screen.getByRole("dialog", { name: "10 tickets were left as they are" }));
    expect(await dialog.findByText("Reason 8.")).toBeInTheDocument(); // the list of jobs has the first ones only
    expect(dialog.queryByText(/^Here are the first/)).not.toBeInTheDocument();
    const [link] = dialog.getAllByRole("link", { name: "#111111 Payment failed" });
    expect(link).toHaveAttribute("href", `/dashboard/tickets/${problem.threadId}`);
    expect(dialog.getByText("Somebody wrote since.")).toBeInTheDocument();
    await press("Close");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test("is undone by a job of its own, which is told instead", async () => {
    const undo = job({ _id: "b".repeat(64), act: { action: "undo" }, succeeded: 1, refused: 0 });
    show(done());
    await screen.findByText(/^Claimed 990/);
    answer(`POST ${JOBS}`, () => {
      answer(`GET ${JOBS}`, { jobs: [undo, done({ canUndo: false })] });
      return { status: 202, body: { success: true, job: undo } };
    });
    await press("Undo");
    expect(await screen.findByText(/^Undoing 1 of 1,000/)).toBeInTheDocument();
    expect(askedFor(`POST ${JOBS}`)[0]?.body).toEqual({ action: "undo", jobId: done()._id });
    await waitFor(() => expect(screen.queryByText(/^Claimed 990/)).not.toBeInTheDocument());
  });

  test("says why it cannot be undone", async () => {
    answer(`POST ${JOBS}`, () => refusal(409, "too_many_jobs", "Three of your jobs run already."));
    show(done());
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Three of your jobs run already.");
  });

  test("offers no Undo for somebody else's job, or if nothing can be undone", async () => {
    show(done({ canUndo: false }), done({ _id: "c".repeat(64), state: "stopped", by: PRIYA }));
    expect(await screen.findByText(/^Claimed 990/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
    await press("+1 more");
    expect(screen.getByText(/A job of Priya Nair/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
  });

  test("is dismissed for good in this browser", async () => {
    const { unmount } = show(done());
    await userEvent.click(await screen.findByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/^Claimed 990/)).not.toBeInTheDocument();
    unmount();
    show(done(), done({ _id: "c".repeat(64), succeeded: 5 }));
    expect(await screen.findByText(/^Claimed 5\./)).toBeInTheDocument();
    expect(screen.queryByText(/^Claimed 990/)).not.toBeInTheDocument();
  });
});

test("a job that starts is shown at once", async () => {
  show();
  await waitFor(() => expect(askedFor(`GET ${JOBS}`)).toHaveLength(1));
  answer(`GET ${JOBS}`, { jobs: [job()] });
  readJobsNow();
  expect(await screen.findByText(/^Claiming 240 of 1,000/)).toBeInTheDocument();
});

test("a viewer, who cannot start a job, asks for none", () => {
  renderOnDesk(<JobsBanner />, { member: { ...PRIYA, role: "viewer" } });
  expect(askedFor(`GET ${JOBS}`)).toEqual([]);
});
