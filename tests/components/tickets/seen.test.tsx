import { render, renderHook } from "@testing-library/react";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { isNewTo, useNoteLooks, useSeen } from "@/components/tickets/seen";
import { heldBy, MAYA, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const KEY = `claimdesk.seen.${MAYA.id}`;
const id = "a".repeat(24);
const at = (minute: number) => `2026-03-10T09:${String(minute).padStart(2, "0")}:00.000Z`;
const seen = { since: at(10), at: {} };
const cameBack = (minute: number) =>
  ticket({
    _id: id,
    lastInboundAt: at(9),
    attention: { kind: "came_back", at: at(minute), messageId: "b".repeat(64), cause: null },
  });

beforeEach(() => localStorage.clear());

describe("a ticket is new", () => {
  test.each([
    ["once the customer wrote after this browser began to count", ticket({ lastInboundAt: at(11) }), true],
    ["not if the mail is older than that", ticket({ lastInboundAt: at(9) }), false],
    ["to its assignee", ticket({ lastInboundAt: at(11), ...heldBy(MAYA) }), true],
    ["not to other members", ticket({ lastInboundAt: at(11), ...heldBy(PRIYA) }), false],
  ])("%s", (_title, mail, isNew) => {
    expect(isNewTo(MAYA.id, mail, seen)).toBe(isNew);
  });

  test("once its reply came back, until it is looked at", () => {
    expect(isNewTo(MAYA.id, cameBack(11), seen)).toBe(true);
    expect(isNewTo(MAYA.id, cameBack(11), { ...seen, at: { [id]: at(12) } })).toBe(false);
  });

  test("until it is looked at, and again when the customer writes", () => {
    const looked = { ...seen, at: { [id]: at(12) } };
    expect(isNewTo(MAYA.id, ticket({ _id: id, lastInboundAt: at(11) }), looked)).toBe(false);
    expect(isNewTo(MAYA.id, ticket({ _id: id, lastInboundAt: at(13) }), looked)).toBe(true);
  });
});

test.each([["{"], ["[]"], ['{"since":1,"at":{}}'], ['{"since":"x","at":{"a":1}}']])(
  "a stored value of %j is ignored",
  (stored) => {
    localStorage.setItem(KEY, stored);
    expect(storedLooks()).toBeNull();
  },
);

describe("useNoteLooks", () => {
  const Looking = () => {
    useNoteLooks(MAYA.id);
    return null;
  };
  const visit = (pathname: string) =>
    render(
      <PathnameContext.Provider value={pathname}>
        <Looking />
      </PathnameContext.Provider>,
    );

  test("begins to count on the first visit", () => {
    visit("/dashboard/tickets");
    expect(storedLooks()).toMatchObject({ at: {} });
  });

  test("records the ticket whose page is open", () => {
    visit(`/dashboard/tickets/${id}`);
    expect(Object.keys(storedLooks()?.at ?? {})).toEqual([id]);
  });

  test("keeps the newest 300 looks", () => {
    const looks = Array.from({ length: 300 }, (_, look) => [`look${look}`, at(look === 7 ? 0 : 1)]);
    localStorage.setItem(KEY, JSON.stringify({ since: at(0), at: Object.fromEntries(looks) }));
    visit(`/dashboard/tickets/${id}`);
    const kept = Object.keys(storedLooks()?.at ?? {});
    expect(kept).toHaveLength(300);
    expect(kept).toContain(id);
    expect(kept).not.toContain("look7");
  });
});

function storedLooks() {
  return renderHook(() => useSeen(MAYA.id)).result.current;
}
