import { describe, expect, test } from "vitest";
import { patchList } from "@/components/tickets/patch-list";
import type { TicketList } from "@/lib/api/ticket-lists";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { nextOf } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const at = (hour: number) => new Date(Date.UTC(2026, 2, 10, hour)).toISOString();
const dated = (hour: number, more: Partial<TicketSummary> = {}) =>
  ticket({ receivedAt: at(hour), lastMessageAt: at(hour), subject: `at ${hour}`, ...more });

const UNASSIGNED: TicketList = { view: "unassigned", filter: {}, reader: MAYA.id };
const ALL: TicketList = { view: "all", filter: {}, reader: MAYA.id };

const whole = (...items: TicketSummary[]) => ({ path: "/", items, end: null });
/** A first page that ends with its last ticket, with more after it. */
const page = (...items: TicketSummary[]) => ({ path: "/", items, end: { cursor: "c", last: items.at(-1) } });
const rows = (...changed: ReturnType<typeof nextOf>[]) => ({ rows: changed, gone: [] });
const subjects = ({ items }: { items: TicketSummary[] }) => items.map(({ subject }) => subject);

describe("patchList", () => {
  const [nine, ten, eleven] = [dated(9), dated(10), dated(11)];

  test("takes a ticket out that somebody claims, and puts it back in its place when it is unclaimed", () => {
    const before = whole(nine, ten, eleven);
    const claimed = nextOf(ten, heldBy(PRIYA));
    const after = patchList(UNASSIGNED, before, rows(claimed));
    expect(subjects(after)).toEqual(["at 9", "at 11"]);
    const unclaimed = nextOf(claimed.ticket, { assignedTo: null });
    expect(subjects(patchList(UNASSIGNED, after, rows(unclaimed)))).toEqual(["at 9", "at 10", "at 11"]);
  });

  test("moves a ticket to the place of its newest message", () => {
    const answered = nextOf(nine, { lastMessageAt: at(12), subject: "answered" });
    expect(subjects(patchList(ALL, whole(eleven, ten, nine), rows(answered)))).toEqual([
      "answered",
      "at 11",
      "at 10",
    ]);
  });

  test("ignores an older and the same revision", () => {
    const before = whole({ ...nine, revision: 5 }, ten);
    for (const revision of [3, 4]) {
      expect(patchList(UNASSIGNED, before, rows(nextOf({ ...nine, revision }, heldBy(PRIYA))))).toBe(before);
    }
  });

  test("changes nothing for tickets of other lists", () => {
    const before = whole(nine);
    expect(patchList(UNASSIGNED, before, rows(nextOf(ten, heldBy(PRIYA))))).toBe(before);
  });

  test("leaves out a ticket that belongs behind the last page that was read", () => {
    const before = page(nine, ten);
    expect(patchList(UNASSIGNED, before, rows(nextOf(eleven, {})))).toBe(before);
    const unclaimed = nextOf(dated(9.5, { ...heldBy(PRIYA), subject: "between" }), { assignedTo: null });
    expect(subjects(patchList(UNASSIGNED, before, rows(unclaimed)))).toEqual(["at 9", "between", "at 10"]);
  });

  test("still knows where its last page ended when that ticket has left", () => {
    const after = patchList(UNASSIGNED, page(nine, eleven), rows(nextOf(eleven, heldBy(PRIYA))));
    expect(subjects(patchList(UNASSIGNED, after, rows(nextOf(ten, {}))))).toEqual(["at 9", "at 10"]);
  });

  test("puts a ticket that needs a look above the others, the longest waiting first, on whichever page it was", () => {
    const came = (hour: number): Partial<TicketSummary> => ({
      attention: { kind: "came_back", at: at(hour), messageId: "m", cause: null },
    });
    const before = page(dated(12), eleven, ten);
    const first = patchList(ALL, before, rows(nextOf(ten, came(13))));
    expect(subjects(first)).toEqual(["at 10", "at 12", "at 11"]);
    const second = patchList(ALL, first, rows(nextOf(nine, came(14)), nextOf(dated(1), came(12))));
    expect(subjects(second)).toEqual(["at 1", "at 10", "at 9", "at 12", "at 11"]);
  });

  test("puts a ticket that no longer needs a look in its place, or leaves it to the page that has it", () => {
    const look = dated(1, { attention: { kind: "failed", at: at(13), messageId: "m", cause: null } });
    const seenAgain = nextOf(look, { attention: null });
    expect(subjects(patchList(ALL, whole(look, eleven), rows(seenAgain)))).toEqual(["at 11", "at 1"]);
    expect(subjects(patchList(ALL, page(look, eleven), rows(seenAgain)))).toEqual(["at 11"]);
  });

  test("drops a ticket that is gone", () => {
    expect(subjects(patchList(ALL, whole(nine, ten), { rows: [], gone: [nine._id] }))).toEqual(["at 10"]);
  });
});
