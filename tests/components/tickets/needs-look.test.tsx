import { act, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TicketsList } from "@/components/tickets/TicketsList";
import type { Attention, AttentionKind, DeliveryCause, TicketSummary } from "@/lib/api/vocabulary";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA, renderOnDesk, ticket } from "@/tests/support/screen/on-desk";

const minutesAgo = (minutes: number) => new Date(Date.now() - (minutes + 0.5) * 60_000).toISOString();
const attention = (
  kind: AttentionKind,
  minutes: number,
  cause: DeliveryCause | null = null,
): Pick<TicketSummary, "attention"> => ({
  attention: { kind, at: minutesAgo(minutes), messageId: "a".repeat(64), cause } satisfies Attention,
});
const list = (...tickets: TicketSummary[]) => ({ tickets, nextCursor: null as string | null });
const wanda = () =>
  ticket({
    subject: "Refund",
    excerpt: "Where is it?",
    ...heldBy(MAYA),
    ...attention("came_back", 41, "no_mailbox"),
  });
const plain = (subject: string, more: Partial<TicketSummary> = {}) =>
  ticket({ subject, ...heldBy(MAYA), ...more });

const rows = () => screen.queryAllByRole("link", { name: /^(?!Open|Reply)/ }).map((link) => link.textContent);
const headings = () => screen.queryAllByRole("heading").map((heading) => heading.textContent);
const current = () => document.querySelector("[aria-current=true] a")?.textContent;
const rowOf = (subject: string) => {
  const row = screen.getByRole("link", { name: subject }).closest("li");
  if (!row) throw new Error(`no row for ${subject}`);
  return row;
};

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  useTestStream();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function openMine(rendered: ReturnType<typeof list>) {
  renderOnDesk(
    <TicketsList
      view="mine"
      initial={rendered}
      readAt={new Date(Date.now() - 100).toISOString()}
      empty={null}
    />,
  );
  say("hello", { from: minutesAgo(1) });
}
const soon = () => act(() => vi.advanceTimersByTimeAsync(100));

describe("the group Needs a look", () => {
  test("has a heading with its count and its order, and the other tickets have one below", () => {
    openMine(list(wanda(), plain("Question")));
    expect(headings()).toEqual(["Needs a look 1", "Everything else"]);
    expect(screen.getByText("Oldest first")).toBeVisible();
    expect(screen.getByText("Latest first")).toBeVisible();
    expect(rows()).toEqual(["Refund", "Question"]);
  });

  test("is the only one if nothing else is in the list", () => {
    openMine(list(wanda()));
    expect(headings()).toEqual(["Needs a look 1"]);
  });

  test("says no count while its last row tells why it leaves", async () => {
    const only = wanda();
    openMine(list(only, plain("Second")));
    fireEvent.pointerMove(rowOf("Refund")); // an aimed row stays
    say("rows", { rows: [nextOf(only, heldBy(PRIYA))] });
    await soon();
    expect(rows()).toContain("Refund");
    expect(headings()[0]).toBe("Needs a look");
  });

  test("is not there for customers' mails alone", () => {
    openMine(list(plain("Question", { lastMessageAt: minutesAgo(12), ...attention("customer_mail", 3) })));
    expect(headings()).toEqual([]);
    expect(rowOf("Question").querySelector("time")).toHaveTextContent("12 min");
  });

  test("does not say a count that it has not loaded", () => {
    openMine({ tickets: [wanda()], nextCursor: `look-1-${"a".repeat(24)}` });
    expect(headings()).toEqual(["Needs a look 1+"]);
  });

  test("is one list with the other rows for the keys", async () => {
    openMine(list(wanda(), plain("Question")));
    expect(current()).toBe("Refund");
    await userEvent.setup({ advanceTimers: vi.advanceTimersByTime }).keyboard("j");
    expect(current()).toBe("Question");
  });
});

describe("a row that needs a look", () => {
  test.each([
    ["came_back", "no_mailbox", "Came back: the mailbox does not exist."],
    ["came_back", null, "Came back."],
    ["failed", "blocked", "Not delivered: their mail server refused it."],
    ["unconfirmed", null, "Unconfirmed: the mail server broke off."],
    ["delayed", "unreachable", "Delayed: not delivered yet."],
    ["undone", null, "Undone: the customer still waits."],
  ] as const)("says why before the customer's text (%s, %s)", (kind, cause, sentence) => {
    openMine(list(plain("Refund", { excerpt: "Where is it?", ...attention(kind, 41, cause) })));
    expect(rowOf("Refund")).toHaveTextContent(`Refund${sentence} Where is it?`);
    const isBad = kind === "came_back" || kind === "failed";
    expect(screen.getByText(sentence)).toHaveClass(isBad ? "text-danger" : "text-unclaimed");
  });

  test("counts its age from then, and is opened rather than answered", () => {
    openMine(list(wanda()));
    const row = within(rowOf("Refund"));
    expect(row.getByText("41 min")).toBeVisible();
    expect(row.getByRole("link", { name: "Open Refund" })).toHaveAttribute(
      "href",
      expect.stringMatching(/^\/dashboard\/tickets\/[0-9a-f]{24}$/),
    );
    expect(row.queryByRole("link", { name: "Reply to Refund" })).not.toBeInTheDocument();
  });

  test("can be claimed if nobody holds it", () => {
    const free = ticket({ subject: "Refund", ...attention("failed", 3) });
    renderOnDesk(<TicketsList view="unassigned" initial={list(free)} empty={null} />);
    expect(screen.getByRole("button", { name: "Claim Refund" })).toBeInTheDocument();
  });
});

describe("the age of a row", () => {
  test.each([
    ["counts from when the customer began to wait", { waitingSince: minutesAgo(300) }, "5 h", "late"],
    ["is orange from an hour on", { waitingSince: minutesAgo(61) }, "1 h", "warn"],
    [
      "never colours while the customer does not wait",
      { waitingSince: null, lastMessageAt: minutesAgo(300) },
      "5 h",
      "calm",
    ],
  ])("%s", (_title, fields, age, urgency) => {
    openMine(list(plain("Question", fields)));
    const time = rowOf("Question").querySelector("time");
    expect(time).toHaveTextContent(age);
    expect(time).toHaveAttribute("data-urgency", urgency);
  });
});

describe("with the live stream", () => {
  test("a row goes to the group as its ticket gets attention, and back once somebody has seen it", async () => {
    const [one, two] = [plain("One"), plain("Two", { lastMessageAt: minutesAgo(2) })];
    openMine(list(one, two));
    const raised = nextOf(two, attention("failed", 0, "mailbox_full"));
    say("rows", { rows: [raised] });
    await soon();
    expect(headings()).toEqual(["Needs a look 1", "Everything else"]);
    expect(rows()).toEqual(["Two", "One"]);
    say("rows", { rows: [nextOf(raised.ticket, { attention: null })] });
    await soon();
    expect(headings()).toEqual([]);
    expect(rows()).toEqual(["One", "Two"]);
  });

  test("a member who has scrolled down gets an own row at once, while others' new rows wait", async () => {
    openMine(list(plain("One")));
    const scroller = screen.getByRole("list", { name: "My tickets" }).parentElement ?? document.body;
    fireEvent.scroll(scroller, { target: { scrollTop: 100 } });
    say("rows", { rows: [nextOf(plain("New"), {}), nextOf(plain("Refund"), attention("failed", 0))] });
    await soon();
    expect(rows()).toEqual(["Refund", "One"]);
    expect(screen.getByRole("button", { name: "1 new" })).toBeVisible();
  });

  test("a row stays the same one, with what is pending in it, as it goes to the group", async () => {
    const [one, two] = [plain("One"), plain("Two", { lastMessageAt: minutesAgo(2) })];
    openMine(list(one, two));
    const node = rowOf("Two");
    say("rows", { rows: [nextOf(two, attention("failed", 0))] });
    await soon();
    expect(rowOf("Two")).toBe(node);
    expect(rows()).toEqual(["Two", "One"]);
  });
});
