import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readJobsNow } from "@/components/client/use-jobs";
import { JobsBanner } from "@/components/shell/JobsBanner";
import type { JobEntry } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";
import { later } from "@/tests/support/screen/selecting";

const JOBS = "GET /api/emails/bulk/jobs";
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const job = (overrides: Partial<JobEntry> = {}): JobEntry => ({
  _id: "a".repeat(64),
  act: { action: "claim" },
  state: "done",
  by: MAYA,
  total: 10,
  hasMore: false,
  succeeded: 10,
  refused: 0,
  problems: [],
  requestedAt: minutesAgo(2),
  endedAt: minutesAgo(1),
  error: null,
  canUndo: false,
  ...overrides,
});
const running = job({ _id: "b".repeat(64), state: "running", endedAt: null, succeeded: 4 });

beforeEach(() => {
  localStorage.clear();
  answer("GET /api/desk-status", {
    worker: null,
    cards: { state: "off" },
    mail: { silence: null },
    stopped: 0,
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("several jobs", () => {
  test("are told one at a time, the one that runs first, with the number of the others", async () => {
    answer(JOBS, { jobs: [job(), job({ _id: "c".repeat(64), succeeded: 7 }), running] });
    renderOnDesk(<JobsBanner />);
    expect(await screen.findByText(/^Claiming 4 of 10/)).toBeInTheDocument();
    expect(screen.queryByText(/^Claimed/)).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "+2 more" }));
    expect(screen.getByText("Claimed 10.")).toBeInTheDocument();
    expect(screen.queryByText(/^Claiming/)).not.toBeInTheDocument();
  });

  test("that ended long ago do not come up when a newer one is dismissed", async () => {
    answer(JOBS, { jobs: [job(), job({ _id: "c".repeat(64), succeeded: 7, endedAt: minutesAgo(11) })] });
    renderOnDesk(<JobsBanner />);
    await screen.findByText("Claimed 10.");
    await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText(/^Claimed/)).not.toBeInTheDocument();
  });
});

describe("the place of a job", () => {
  const strip = async () => (await screen.findByText("Claimed 10.")).closest("[data-job-strip]");

  test("is over the list, so that no row moves", async () => {
    answer(JOBS, { jobs: [job()] });
    renderOnDesk(<JobsBanner />);
    expect(await strip()).toHaveClass("fixed");
  });

  test("is at the top of a ticket, so that it does not cover the reply", async () => {
    answer(JOBS, { jobs: [job()] });
    renderOnDesk(<JobsBanner />, { pathname: `/dashboard/tickets/${"1".repeat(24)}` });
    expect(await strip()).not.toHaveClass("fixed");
  });
});

test("says of one ticket that it was left as it is", async () => {
  const problem = {
    threadId: "1".repeat(24),
    reference: "#1",
    subject: "Refund",
    reason: "x",
    error: "Why.",
  };
  answer(JOBS, { jobs: [job({ succeeded: 9, refused: 1, problems: [problem] })] });
  renderOnDesk(<JobsBanner />);
  await userEvent.click(await screen.findByRole("button", { name: "See why" }));
  expect(screen.getByRole("dialog", { name: "One ticket was left as it is" })).toBeInTheDocument();
});

describe("a job that was started elsewhere", () => {
  beforeEach(() => useTestStream());

  async function open() {
    answer(JOBS, { jobs: [] });
    renderOnDesk(<JobsBanner />);
    say("hello", { from: minutesAgo(1) });
    await waitFor(() => expect(askedFor(JOBS)).toHaveLength(1));
    answer(JOBS, { jobs: [running] });
  }
  const changedBy = (by: TeamMember, count: number) =>
    say("rows", { rows: Array.from({ length: count }, () => nextOf(ticket(), heldBy(MAYA), { by })) });

  test("is told as soon as it changes tickets", async () => {
    await open();
    changedBy(MAYA, 3);
    expect(await screen.findByText(/^Claiming 4 of 10/, {}, { timeout: 3_000 })).toBeInTheDocument();
  });

  test("is told at once to the other windows of this browser", async () => {
    const told: string[] = [];
    class Channel extends EventTarget {
      constructor(readonly name: string) {
        super();
      }
      postMessage() {
        told.push(this.name);
      }
      close() {}
    }
    vi.stubGlobal("BroadcastChannel", Channel);
    answer(JOBS, { jobs: [] });
    renderOnDesk(<JobsBanner />);
    await waitFor(() => expect(askedFor(JOBS)).toHaveLength(1));
    readJobsNow();
    expect(told).toContain(`claimdesk.jobs.${MAYA.id}`);
  });

  test("is not asked for when others change tickets, or the member a single one", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    await open();
    changedBy(PRIYA, 5);
    changedBy(MAYA, 1);
    await later(3_000);
    expect(askedFor(JOBS)).toHaveLength(1);
    vi.useRealTimers();
  });
});
