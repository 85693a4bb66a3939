import { describe, expect, test } from "vitest";
import { dropRow, firstRows, settleRows, type Rows } from "@/components/tickets/settle-rows";
import { ticket } from "@/tests/support/screen/on-desk";

const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((letter) => ticket({ _id: letter, subject: letter }));
if (!a || !b || !c || !d || !e) throw new Error("five tickets");

const seen = (rows: Rows) =>
  rows.rows.map(({ ticket, isMissing }) => ticket._id + (isMissing ? "?" : "")).join(" ");
/** A list that has been read once since it was rendered. */
const shown = (...tickets: (typeof a)[]) => settleRows(firstRows("/", tickets), tickets, false);

describe("settleRows", () => {
  test("drops without ceremony what the first read after the render leaves out", () => {
    expect(seen(settleRows(firstRows("/", [a, b, c]), [a, c], false))).toBe("a c");
  });

  test("marks a row that went and leaves it where it was", () => {
    expect(seen(settleRows(shown(a, b, c), [a, c], false))).toBe("a b? c");
  });

  test("keeps a missing row behind its neighbour when the order changes", () => {
    const missing = settleRows(shown(a, b, c), [a, c], false);
    expect(seen(settleRows(missing, [c, a, d], false))).toBe("c a b? d");
  });

  test("takes a missing row back in its place when its ticket returns", () => {
    const missing = settleRows(shown(a, b, c), [a, c], true);
    expect(seen(settleRows(missing, [a, b, c], true))).toBe("a b c");
  });

  test("adds what is new in its place while nobody is reading further down", () => {
    expect(seen(settleRows(shown(b, c), [a, b, c], false))).toBe("a b c");
  });

  test("holds what is new above, and counts it", () => {
    const held = settleRows(shown(c, d), [a, b, c, d], true);
    expect(seen(held)).toBe("c d");
    expect(held.waiting).toBe(2);
  });

  test("holds no ticket that follows the last row: it moves nothing", () => {
    const held = settleRows(shown(b, c), [a, b, c, d, e], true);
    expect(seen(held)).toBe("b c d e");
    expect(held.waiting).toBe(1);
  });

  test("changes no order while held, but every row's content", () => {
    const answered = { ...a, subject: "answered" };
    const held = settleRows(shown(a, b), [b, answered], true);
    expect(seen(held)).toBe("a b");
    expect(held.rows[0]?.ticket.subject).toBe("answered");
  });

  test("shows what waited as soon as it may", () => {
    const held = settleRows(shown(b), [a, b], true);
    expect(seen(settleRows(held, held.source, false))).toBe("a b");
  });
});

describe("dropRow", () => {
  test("removes a missing row and never one that is there", () => {
    const missing = settleRows(shown(a, b), [a], false);
    expect(seen(dropRow(missing, "b"))).toBe("a");
    expect(seen(dropRow(missing, "a"))).toBe("a b?");
  });
});
