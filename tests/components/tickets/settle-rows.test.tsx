import { describe, expect, test } from "vitest";
import {
  dropRow,
  firstRows,
  isBehind,
  settleRows,
  type Rows,
  type Stillness,
} from "@/components/tickets/settle-rows";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { heldBy, MAYA, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((letter) => ticket({ _id: letter, subject: letter }));
if (!a || !b || !c || !d || !e) throw new Error("five tickets");

const seen = (rows: Rows) =>
  rows.rows.map(({ ticket, isMissing }) => ticket._id + (isMissing ? "?" : "")).join(" ");
const shown = (...tickets: (typeof a)[]) => firstRows("/", tickets);
type Newest = (threadId: string) => TicketSummary | null;
const settle = (before: Rows, tickets: TicketSummary[], still: Stillness, newest?: Newest) =>
  settleRows(before, tickets, { still, reader: MAYA.id, newest });
/** The ticket once its reply came back, at that minute. */
const came = (one: TicketSummary, minute = 0): TicketSummary => ({
  ...one,
  attention: {
    kind: "came_back",
    at: new Date(Date.UTC(2026, 2, 10, 9, minute)).toISOString(),
    messageId: "m",
    cause: null,
  },
  revision: one.revision + 1,
});

describe("settleRows", () => {
  test.each(["free", "scrolled", "aimed"] as const)(
    "gives a row that left the ticket as it was heard of last (%s)",
    (still) => {
      const claimed = { ...b, ...heldBy(PRIYA), revision: b.revision + 1 };
      const rows = settle(shown(a, b), [a], still, (id) => (id === b._id ? claimed : null));
      expect(rows.rows[1]).toEqual({ ticket: claimed, isMissing: true, isInLook: false });
      const older = { ...b, revision: b.revision - 1 };
      expect(settle(rows, [a], still, () => older).rows[1]?.ticket).toBe(claimed);
    },
  );

  test("marks a row that left the list, and keeps its place", () => {
    expect(seen(settle(shown(a, b, c), [a, c], "free"))).toBe("a b? c");
  });

  test("keeps a missing row behind its neighbour when the order changes", () => {
    const missing = settle(shown(a, b, c), [a, c], "free");
    expect(seen(settle(missing, [c, a, d], "free"))).toBe("c a b? d");
  });

  test("shows a missing row in its place again when its ticket returns", () => {
    const missing = settle(shown(a, b, c), [a, c], "aimed");
    expect(seen(settle(missing, [a, b, c], "aimed"))).toBe("a b c");
  });

  test("adds new tickets in their place if the list is not frozen", () => {
    expect(seen(settle(shown(b, c), [a, b, c], "free"))).toBe("a b c");
  });

  test("keeps new tickets waiting above a frozen list, and counts them", () => {
    const frozen = settle(shown(c, d), [a, b, c, d], "aimed");
    expect(seen(frozen)).toBe("c d");
    expect(frozen.waiting).toBe(2);
  });

  test("adds new tickets after the last row of a frozen list, since they move nothing", () => {
    const frozen = settle(shown(b, c), [a, b, c, d, e], "aimed");
    expect(seen(frozen)).toBe("b c d e");
    expect(frozen.waiting).toBe(1);
  });

  test("keeps the order of a frozen list, and updates the content of its rows", () => {
    const answered = { ...a, subject: "answered" };
    const frozen = settle(shown(a, b), [b, answered], "aimed");
    expect(seen(frozen)).toBe("a b");
    expect(frozen.rows[0]?.ticket.subject).toBe("answered");
  });

  test("shows the waiting tickets once the list is not frozen", () => {
    const frozen = settle(shown(b), [a, b], "aimed");
    expect(seen(settle(frozen, frozen.source, "free"))).toBe("a b");
  });
});

describe("the group of those that need a look", () => {
  const mine = (one: TicketSummary) => ({ ...one, ...heldBy(MAYA) });
  const inLook = (rows: Rows) => rows.rows.filter(({ isInLook }) => isInLook).map(({ ticket }) => ticket._id);

  test("gets and loses a row at once while the reader has scrolled down, and the others keep their order", () => {
    const raised = settle(shown(a, b, c), [came(c), b, a], "scrolled");
    expect(seen(raised)).toBe("c a b");
    expect(inLook(raised)).toEqual(["c"]);
    const seenAgain = settle(raised, [b, c, a], "scrolled");
    expect(inLook(seenAgain)).toEqual([]);
    expect(seen(seenAgain)).toBe("c a b");
  });

  test("stays sorted as rows come into it", () => {
    const first = settle(shown(came(b, 5), a, c), [came(b, 5), came(c, 7), a], "scrolled");
    expect(seen(settle(first, [came(a, 1), came(b, 5), came(c, 7)], "scrolled"))).toBe("a b c");
  });

  test("gets the reader's own new row at once, while other new rows wait", () => {
    const rows = settle(shown(c), [came(d), mine(came(a)), b, c], "scrolled");
    expect(seen(rows)).toBe("a c");
    expect(rows.waiting).toBe(2);
  });

  test("gets a ticket at once that the reader gave away and that was declined", () => {
    const givenBack = { ...came(a), givenBackTo: MAYA.id };
    expect(seen(settle(shown(c), [came(d), givenBack, c], "scrolled"))).toBe("a c");
  });

  test("does not change under the pointer, though its row says why at once; then it does", () => {
    const aimed = settle(shown(a, b), [came(b), a], "aimed");
    expect(seen(aimed)).toBe("a b");
    expect(inLook(aimed)).toEqual([]);
    expect(aimed.rows[1]?.ticket.attention?.kind).toBe("came_back");
    expect(isBehind(aimed, "aimed")).toBe(false);
    expect(isBehind(aimed, "scrolled")).toBe(true);
    const moved = settle(aimed, aimed.source, "scrolled");
    expect(seen(moved)).toBe("b a");
    expect(isBehind(moved, "free")).toBe(false);
  });

  test("keeps a row that left the list among its own, though the row before it goes to the others", () => {
    const rows = settle(shown(came(a, 1), came(b, 2), c), [c, a], "free");
    expect(seen(rows)).toBe("b? c a");
  });

  test("keeps a row that was claimed elsewhere in its place until it has told so", () => {
    const rows = settle(shown(came(a, 1), came(b, 2), c), [came(b, 2), c], "scrolled");
    expect(seen(rows)).toBe("a? b c");
    expect(inLook(rows)).toEqual(["a", "b"]);
    expect(seen(settle(rows, [b, c], "scrolled"))).toBe("a? b c");
    expect(seen(settle(shown(came(a, 1), came(b, 2), c), [came(a, 1), c], "free"))).toBe("a b? c");
  });
});

describe("dropRow", () => {
  test("removes a missing row, and no other", () => {
    const missing = settle(shown(a, b), [a], "free");
    expect(seen(dropRow(missing, "b"))).toBe("a");
    expect(seen(dropRow(missing, "a"))).toBe("a b?");
  });
});
