import { describe, expect, test } from "vitest";
import {
  matchingText,
  needsJob,
  selectMatchingText,
  selectShownText,
} from "@/components/tickets/bulk/matching";
import { offeredActs } from "@/components/tickets/bulk/offered-acts";
import { nothingSelected, toggled, withAll, withRange } from "@/components/tickets/bulk/selection-state";
import { heldBy, MAYA, PRIYA, ticket, TOMAS } from "@/tests/support/screen/on-desk";

const many = Array.from({ length: 101 }, (_, at) => `ticket-${at}`);
const none = nothingSelected("/list");

describe("a selection", () => {
  test("has at most 100 tickets, however they are selected", () => {
    const all = withAll(none, many);
    expect(all.ids.size).toBe(100);
    expect(toggled(all, "ticket-100").ids.size).toBe(100);
    expect(withRange(toggled(none, "ticket-0"), many, "ticket-100").ids.size).toBe(100);
  });

  test("of a range without a beginning is the one row", () => {
    expect([...withRange(none, many, "ticket-3").ids]).toEqual(["ticket-3"]);
    const elsewhere = toggled(none, "left the list");
    expect([...withRange(elsewhere, many, "ticket-3").ids]).toEqual(["left the list", "ticket-3"]);
  });

  test("is no longer all that matches once a row is taken out of it", () => {
    const matching = { ...withAll(none, many), isAllMatching: true };
    expect(toggled(matching, "ticket-1").isAllMatching).toBe(false);
  });
});

describe("the tickets beyond those that are shown", () => {
  test.each([
    [{ shown: 50, hasMore: true, matching: 240 }, "Select all 50 shown", "Select all 240 that match"],
    [
      { shown: 50, hasMore: true, matching: "999+" },
      "Select all 50 shown",
      "Select the first 1,000 that match",
    ],
    [{ shown: 150, hasMore: false, matching: 150 }, "Select the first 100", "Select all 150 that match"],
    [{ shown: 50, hasMore: true, matching: null }, "Select all 50 shown", "Select all that match"],
  ] as const)("are offered in words: %o", (extent, shown, matching) => {
    expect([selectShownText(extent), selectMatchingText(extent)]).toEqual([shown, matching]);
    expect(needsJob(extent)).toBe(true);
  });

  test("say their limit if nobody counts them", () => {
    expect(matchingText({ shown: 50, hasMore: true, matching: null })).toBe("All that match, at most 1,000");
    expect(matchingText({ shown: 50, hasMore: true, matching: 240 })).toBe("All 240 that match");
  });

  test("are not offered if there are none", () => {
    expect(needsJob({ shown: 12, hasMore: false, matching: 12 })).toBe(false);
  });
});

describe("the acts that are offered", () => {
  const free = ticket();
  const own = ticket(heldBy(PRIYA));
  const others = ticket(heldBy(TOMAS));
  const given = ticket({
    ...heldBy(TOMAS),
    handover: { by: PRIYA, at: "2026-03-10T09:00:00.000Z", note: null },
  });

  test.each([
    ["unassigned tickets, to a member", [free], PRIYA, ["claim", "assign", "status"]],
    ["a member's own", [own], PRIYA, ["assign", "status", "unclaim"]],
    ["others', to a member", [others], PRIYA, []],
    ["others', to an admin", [others], MAYA, ["assign", "unclaim"]],
    ["one that the member has just given away", [given], PRIYA, ["assign"]],
    ["any of them", [others, own, free], PRIYA, ["claim", "assign", "status", "unclaim"]],
  ])("for %s", (_title, tickets, member, acts) => {
    const offered = Object.entries(offeredActs(tickets, member));
    expect(offered.flatMap(([act, isOffered]) => (isOffered ? act : []))).toEqual(acts);
  });
});
