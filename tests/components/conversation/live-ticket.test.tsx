import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TicketScreen } from "@/components/screens/TicketScreen";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { conversation, mail, person, replyBy } from "@/tests/support/factories/conversations";
import { answer, askedFor } from "@/tests/support/screen/desk-answers";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA, renderOnDesk, TOMAS } from "@/tests/support/screen/on-desk";

const question = mail("My card shows two payments.");
const later = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 100) await act(() => vi.advanceTimersByTimeAsync(100));
};
const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  useTestStream();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The ticket's page as the server rendered it just now, with its stream. A request fails the test unless answered. */
function open(detail: TicketDetailResponse) {
  const readAt = new Date(Date.now() - 100).toISOString();
  renderOnDesk(<TicketScreen rendered={detail} readAt={readAt} />, { member: TOMAS });
  say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
  return { ticket: detail.ticket, path: `GET /api/emails/tickets/${detail.ticket._id}` };
}

describe("a ticket's page with the live stream", () => {
  test("shows a colleague's claim, status and unclaim, with their lines of history, without a request", async () => {
    const { ticket } = open(conversation([question]));
    const claimed = nextOf(ticket, heldBy(PRIYA), { by: person(PRIYA), assignee: person(PRIYA) });
    say("rows", { rows: [claimed] });
    expect(screen.getByText("Priya Nair", { selector: "b" })).toBeInTheDocument();
    expect(screen.getAllByText(/Priya.* claimed/)).toHaveLength(2); // between the messages, and in the details

    const waiting = nextOf(
      claimed.ticket,
      { status: "waiting" },
      { kind: "status_changed", by: person(PRIYA), statusFrom: "open", statusTo: "waiting" },
    );
    say("rows", { rows: [waiting] });
    expect(screen.getAllByText("Waiting").length).toBeGreaterThan(0);

    const unclaimed = nextOf(
      waiting.ticket,
      { assignedTo: null, assignedToName: null, assignedToEmail: null, claimedAt: null },
      { kind: "unclaimed", by: person(PRIYA), assignee: person(PRIYA) },
    );
    say("rows", { rows: [unclaimed] });
    expect(screen.getByText("Replying claims it")).toBeInTheDocument();
    await later(3_000);
  });

  test("shows the new state of the card without a request", async () => {
    const { ticket } = open(conversation([question], { card: { state: "pending", lastError: null } }));
    const { ticket: next } = nextOf(ticket, { card: { state: "synced", lastError: null } });
    say("rows", { rows: [{ ticket: { ...next, revision: ticket.revision }, lines: [] }] });
    expect(screen.getByText("Up to date")).toBeInTheDocument();
  });

  test("is read once if a message came, and not again for its delivery", async () => {
    const held = conversation([question], heldBy(PRIYA));
    const { ticket, path } = open(held);
    const reply = { ...replyBy(PRIYA, "Refunded."), state: "queued" as const };
    const row = nextOf(ticket, { lastMessageId: reply._id }, { kind: "replied", by: person(PRIYA) });
    answer(path, { ...held, ticket: row.ticket, messages: [question, reply] });
    say("rows", { rows: [row], messages: [ticket._id] });
    await later(500);
    expect(screen.getByText("Refunded.")).toBeInTheDocument();

    const sent = {
      _id: reply._id,
      threadId: ticket._id,
      state: "sent" as const,
      lastError: null,
      undelivered: [],
      sentAt: reply.sentAt,
    };
    say("rows", { deliveries: [sent] });
    expect(screen.getByText("Sent")).toBeInTheDocument();
    await later(3_000);
    expect(askedFor(path)).toHaveLength(1);
  });

  test("is read if a reply came back, though no mail of the customer came", async () => {
    const reply = replyBy(PRIYA, "Refunded.");
    const held = conversation([question, reply], heldBy(PRIYA));
    const { ticket, path } = open(held);
    const notice = {
      kind: "came_back" as const,
      replyId: reply._id,
      cause: "mailbox_full" as const,
      recipients: [],
      detail: "",
      isProven: true,
    };
    const report = mail("552 mailbox full", { automatic: true, notice });
    const row = nextOf(
      ticket,
      { lastMessageId: report._id, messageCount: 3 },
      { kind: "delivery_settled", messageId: reply._id },
    );
    const lost = { ...reply, state: "came_back" as const };
    answer(path, { ...held, ticket: row.ticket, messages: [question, lost, report] });
    say("rows", { rows: [row] });
    await later(500);
    expect(screen.getByText(/^the mailbox is full\./)).toBeVisible();
    expect(askedFor(path)).toHaveLength(1);
  });

  test("shows at once that a reply came back", () => {
    const reply = replyBy(PRIYA, "Refunded.");
    const { ticket } = open(conversation([question, reply], heldBy(PRIYA)));
    const { _id, lastError, undelivered, sentAt } = reply;
    const lost = { _id, lastError, undelivered, sentAt, threadId: ticket._id, state: "came_back" as const };
    say("rows", { deliveries: [lost] });
    expect(screen.getByText("Came back")).toBeVisible();
  });

  test("is read again if a line of its history is missing, and ignores an older revision", async () => {
    const { ticket, path } = open(conversation([question]));
    say("rows", { rows: [nextOf({ ...ticket, revision: ticket.revision - 2 }, heldBy(PRIYA))] });
    await later(1_000);
    expect(screen.getByText("Replying claims it")).toBeInTheDocument();

    const skipped = nextOf({ ...ticket, revision: ticket.revision + 1 }, heldBy(PRIYA));
    answer(path, { ...conversation([question]), ticket: skipped.ticket });
    say("rows", { rows: [skipped] });
    await later(1_500);
    expect(screen.getByText("Priya Nair", { selector: "b" })).toBeInTheDocument();
    expect(askedFor(path)).toHaveLength(1);
  });

  test("sends only the claim for its own claim", async () => {
    const { ticket } = open(conversation([question]));
    const claimed = heldBy(TOMAS);
    answer("POST /api/emails/claim", { success: true, ...claimed });
    await user().click(screen.getByRole("button", { name: /^Claim/ }));
    say("rows", { rows: [nextOf(ticket, claimed, { by: person(TOMAS), assignee: person(TOMAS) })] });
    await later(200);
    expect(screen.getByRole("button", { name: /^Unclaim/ })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Claiming/ })).not.toBeInTheDocument();
  });

  test("counts an event of another ticket for nothing", async () => {
    open(conversation([question]));
    const other = conversation([mail("Something else")], heldBy(MAYA)).ticket;
    say("rows", { rows: [nextOf(other, heldBy(PRIYA))], messages: [other._id] });
    await later(2_000);
    expect(screen.getByText("Replying claims it")).toBeInTheDocument();
  });
});
