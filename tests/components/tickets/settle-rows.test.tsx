import { describe, expect, test } from "vitest";
import { dropRow, firstRows, settleRows, type Rows } from "@/components/tickets/settle-rows";
import { heldBy, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((letter) => ticket({ _id: letter, subject: letter }));
if (!a || !b || !c || !d || !e) throw new Error("five tickets");

const seen = (rows: Rows) =>
  rows.rows.map(({ ticket, isMissing }) => ticket._id + (isMissing ? "?" : "")).join(" ");
const shown = (...tickets: (typeof a)[]) => firstRows("/", tickets);

describe("settleRows", () => {
  test.each([true, false])(
    "gives a row that left the ticket as it was heard of last (frozen: %s)",
    (isFrozen) => {
      const claimed = { ...b, ...heldBy(PRIYA), revision: b.revision + 1 };
      const rows = settleRows(shown(a, b), [a], isFrozen, (id) => (id === b._id ? claimed : null));
      expect(rows.rows[1]).toEqual({ ticket: claimed, isMissing: true });
      const older = { ...b, revision: b.revision - 1 };
      expect(settleRows(rows, [a], isFrozen, () => older).rows[1]?.ticket).toBe(claimed);
    },
  );

  test("marks a row that left the list, and keeps its place", () => {
    expect(seen(settleRows(shown(a, b, c), [a, c], false))).toBe("a b? c");
  });

  test("keeps a missing row behind its neighbour when the order changes", () => {
    const missing = settleRows(shown(a, b, c), [a, c], false);
    expect(seen(settleRows(missing, [c, a, d], false))).toBe("c a b? d");
  });

  test("shows a missing row in its place again when its ticket returns", () => {
    const missing = settleRows(shown(a, b, c), [a, c], true);
    expect(seen(settleRows(missing, [a, b, c], true))).toBe("a b c");
  });

  test("adds new tickets in their place if the list is not frozen", () => {
    expect(seen(settleRows(shown(b, c), [a, b, c], false))).toBe("a b c");
  });

  test("keeps new tickets waiting above a frozen list, and counts them", () => {
    const frozen = settleRows(shown(c, d), [a, b, c, d], true);
    expect(seen(frozen)).toBe("c d");
    expect(frozen.waiting).toBe(2);
  });

  test("adds new tickets after the last row of a frozen list, since they move nothing", () => {
    const frozen = settleRows(shown(b, c), [a, b, c, d, e], true);
    expect(seen(frozen)).toBe("b c d e");
    expect(frozen.waiting).toBe(1);
  });

  test("keeps the order of a frozen list, and updates the content of its rows", () => {
    const answered = { ...a, subject: "answered" };
    const frozen = settleRows(shown(a, b), [b, answered], true);
    expect(seen(frozen)).toBe("a b");
    expect(frozen.rows[0]?.ticket.subject).toBe("answered");
  });

  test("shows the waiting tickets once the list is not frozen", () => {
    const frozen = settleRows(shown(b), [a, b], true);
    expect(seen(settleRows(frozen, frozen.source, false))).toBe("a b");
  });
});

describe("dropRow", () => {
  test("removes a missing row, and no other", () => {
    const missing = settleRows(shown(a, b), [a], false);
    expect(seen(dropRow(missing, "b"))).toBe("a");
    expect(seen(dropRow(missing, "a"))).toBe("a b?");
  });
});
