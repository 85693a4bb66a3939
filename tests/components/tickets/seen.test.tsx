import { render } from "@testing-library/react";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { isNewTo, readSeen, useNoteLooks, withLook } from "@/components/tickets/seen";
import { heldBy, MAYA, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const at = (minute: number) => `2026-03-10T09:${String(minute).padStart(2, "0")}:00.000Z`;
const seen = { since: at(10), at: {} };

describe("a ticket is new", () => {
  test.each([
    ["once the customer wrote after this browser began to count", ticket({ lastInboundAt: at(11) }), true],
    ["not if the mail is older than that", ticket({ lastInboundAt: at(9) }), false],
    ["to its assignee", ticket({ lastInboundAt: at(11), ...heldBy(MAYA) }), true],
    ["not to other members", ticket({ lastInboundAt: at(11), ...heldBy(PRIYA) }), false],
  ])("%s", (_title, mail, isNew) => {
    expect(isNewTo(MAYA.id, mail, seen)).toBe(isNew);
  });

  test("until it is looked at, and again when the customer writes", () => {
    const looked = withLook(seen, "a", at(12));
    expect(isNewTo(MAYA.id, ticket({ _id: "a", lastInboundAt: at(11) }), looked)).toBe(false);
    expect(isNewTo(MAYA.id, ticket({ _id: "a", lastInboundAt: at(13) }), looked)).toBe(true);
  });
});

test("only the newest 300 looks are kept", () => {
  let looks = withLook(null, "first", at(0));
  for (let look = 0; look < 300; look += 1) looks = withLook(looks, `later${look}`, at(1));
  expect(Object.keys(looks.at)).toHaveLength(300);
  expect(looks.at.first).toBeUndefined();
});

test.each([[null], ["{"], ["[]"], ['{"since":1,"at":{}}'], ['{"since":"x","at":{"a":1}}']])(
  "a stored value of %j is ignored",
  (stored) => {
    expect(readSeen(stored)).toBeNull();
  },
);

describe("useNoteLooks", () => {
  const key = `claimdesk.seen.${MAYA.id}`;
  const id = "a".repeat(24);
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

  beforeEach(() => localStorage.clear());

  test("begins to count on the first visit", () => {
    visit("/dashboard/tickets");
    expect(readSeen(localStorage.getItem(key))).toMatchObject({ at: {} });
  });

  test("records the ticket whose page is open", () => {
    visit(`/dashboard/tickets/${id}`);
    expect(Object.keys(readSeen(localStorage.getItem(key))?.at ?? {})).toEqual([id]);
  });
});
