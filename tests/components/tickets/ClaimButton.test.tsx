import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useCounts } from "@/components/client/use-counts";
import { ClaimButton } from "@/components/tickets/ClaimButton";
import { ClaimNote } from "@/components/tickets/ClaimNote";
import { useClaim } from "@/components/tickets/use-claim";
import type { TicketSummary } from "@/lib/api/vocabulary";
import {
  answer,
  askedFor,
  goOffline,
  goOnline,
  heldAnswer,
  ok,
  refusal,
} from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS, PRIYA, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const CLAIM = "POST /api/emails/claim";
const COUNTS = "GET /api/emails/tickets/counts";
const UNREACHED = /^The desk could not be reached at \d\d:\d\d\. Try again\.$/;
const charged = ticket({ subject: "Charged twice" });

function Claiming({ ticket }: { ticket: TicketSummary }) {
  const claim = useClaim(ticket._id);
  useCounts();
  return (
    <>
      <ClaimButton ticket={ticket} claim={claim} />
      <span role="status" aria-label="Claim">
        <ClaimNote threadId={ticket._id} state={claim.state} />
      </span>
    </>
  );
}

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  answer(COUNTS, NO_COUNTS);
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

async function pressClaim() {
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  await user.click(screen.getByRole("button", { name: "Claim Charged twice" }));
}

describe("ClaimButton", () => {
  test("shows the claim as pending, and claims once however often it is pressed", async () => {
    const held = heldAnswer();
    answer(CLAIM, held.answering);
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();

    const button = screen.getByRole("button", { name: "Claiming Charged twice" });
    expect(button).toHaveAttribute("aria-disabled", "true");
    expect(button).toHaveFocus();
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).click(button);
    expect(askedFor(CLAIM)).toHaveLength(1);
    expect(askedFor(CLAIM)[0]?.body).toEqual({ threadId: charged._id });

    held.give(ok({ success: true, ...heldBy(MAYA) }));
    expect(await screen.findByText("Yours.")).toBeInTheDocument();
  });

  test("says it is yours only once the desk has answered, and offers the reply", async () => {
    answer(CLAIM, { success: true, ...heldBy(MAYA) });
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();

    expect(await screen.findByText("Yours.")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Reply" })).toHaveAttribute(
      "href",
      `/dashboard/tickets/${charged._id}#reply`,
    );
  });

  test("tells the second claimer who was first and when", async () => {
    vi.setSystemTime(new Date("2026-03-10T09:12:00.000Z"));
    const claimedAt = "2026-03-10T09:11:58.000Z";
    answer(CLAIM, () =>
      refusal(
        409,
        "already_claimed",
        "Priya Nair has already claimed this ticket.",
        heldBy(PRIYA, claimedAt),
      ),
    );
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();

    await screen.findByText("Priya");
    expect(statusOf("Priya")).toBe("PNPriya claimed this 2 seconds ago");
  });

  test("says after 3 seconds that it is still trying, and never that it failed", async () => {
    answer(CLAIM, () => new Promise(() => {}));
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();
    await later(2_500);
    expect(screen.queryByText("Still trying to claim")).not.toBeInTheDocument();

    await later(1_000);
    expect(screen.getByText("Still trying to claim")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Claiming Charged twice" })).toBeInTheDocument();
  });

  test("retries a claim without an answer under the same key until the desk answers", async () => {
    let attempts = 0;
    answer(CLAIM, () => (++attempts < 3 ? "unreachable" : ok({ success: true, ...heldBy(MAYA) })));
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();
    await later(2_000);

    expect(screen.getByText("Yours.")).toBeInTheDocument();
    expect(sentKeys()).toHaveLength(3);
    expect(new Set(sentKeys()).size).toBe(1);
  });

  test("gives up after 10 seconds, and retries the same claim when pressed again", async () => {
    await claimUntilUnreachable();
    const attempts = sentKeys().length;

    answer(CLAIM, { success: true, ...heldBy(MAYA) });
    const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
    await user.click(screen.getByRole("button", { name: "Try again to claim Charged twice" }));
    expect(await screen.findByText("Yours.")).toBeInTheDocument();
    expect(sentKeys()).toHaveLength(attempts + 1);
    expect(new Set(sentKeys()).size).toBe(1);
  });

  test("retries once by itself, under the same key, when the desk answers again", async () => {
    await claimUntilUnreachable();
    const attempts = sentKeys().length;

    answer(COUNTS, NO_COUNTS);
    await later(10_000);
    await later(10_500);
    expect(sentKeys().length).toBeGreaterThan(attempts);
    expect(screen.getByRole("status", { name: "Claim" })).toHaveTextContent(UNREACHED);
    const retried = sentKeys().length;
    await later(60_000);
    expect(sentKeys()).toHaveLength(retried);
    expect(new Set(sentKeys()).size).toBe(1);
  });

  test("waits for the connection while offline, and then claims once", async () => {
    answer(CLAIM, { success: true, ...heldBy(MAYA) });
    renderOnDesk(<Claiming ticket={charged} />);
    goOffline();
    await pressClaim();
    await later(60_000);
    expect(screen.getByText("Waiting for the connection")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Claiming Charged twice" })).toBeInTheDocument();
    expect(sentKeys()).toEqual([]);

    goOnline();
    expect(await screen.findByText("Yours.")).toBeInTheDocument();
    expect(sentKeys()).toHaveLength(1);
  });

  test("retries under the same key after the connection broke off before the answer", async () => {
    answer(CLAIM, () => {
      goOffline();
      return "unreachable";
    });
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();
    await later(60_000);
    expect(screen.getByText("Waiting for the connection")).toBeInTheDocument();

    answer(CLAIM, { success: true, ...heldBy(MAYA) });
    goOnline();
    expect(await screen.findByText("Yours.")).toBeInTheDocument();
    expect(sentKeys()).toHaveLength(2);
    expect(new Set(sentKeys()).size).toBe(1);
  });

  test("takes a new key for a new claim after a refusal", async () => {
    answer(CLAIM, () => refusal(403, "forbidden", "You may look, but not change anything."));
    renderOnDesk(<Claiming ticket={charged} />);
    await pressClaim();
    expect(await screen.findByText("You may look, but not change anything.")).toBeInTheDocument();

    await pressClaim();
    await vi.waitFor(() => expect(sentKeys()).toHaveLength(2));
    expect(new Set(sentKeys()).size).toBe(2);
  });
});

/** Claims at a desk that answers nothing, until the page says so. */
async function claimUntilUnreachable() {
  answer(COUNTS, () => "unreachable");
  answer(CLAIM, () => "unreachable");
  renderOnDesk(<Claiming ticket={charged} />);
  await pressClaim();
  await later(10_500);
  expect(screen.getByRole("status", { name: "Claim" })).toHaveTextContent(UNREACHED);
}

function sentKeys() {
  return askedFor(CLAIM).map(({ headers }) => headers.get("idempotency-key"));
}

function statusOf(text: string): string {
  return screen.getByText(text).closest("[role=status]")?.textContent ?? "";
}
