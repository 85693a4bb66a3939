import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandoverToasts } from "@/components/tickets/handover/HandoverToasts";
import type { LiveRow } from "@/lib/api/contracts";
import type { Handover, TeamMember } from "@/lib/api/vocabulary";
import { person } from "@/tests/support/factories/conversations";
import { nextOf, say, useTestStream } from "@/tests/support/screen/live-stream";
import { heldBy, MAYA, PRIYA, renderOnDesk, ticket, TOMAS } from "@/tests/support/screen/on-desk";

beforeEach(() => {
  localStorage.clear();
  useTestStream();
});
afterEach(() => vi.unstubAllGlobals());

function open() {
  const desk = renderOnDesk(<HandoverToasts />, { member: PRIYA, pathname: "/dashboard/mail" });
  say("hello", { from: new Date(Date.now() - 2_000).toISOString() });
  return desk;
}

type Gift = { to?: TeamMember; by?: TeamMember; subject?: string; secondsAgo?: number } & Partial<Handover>;
function gift({
  to = PRIYA,
  by = MAYA,
  subject = "Refund",
  secondsAgo = 0,
  note = null,
}: Gift = {}): LiveRow {
  const at = new Date(Date.now() - secondsAgo * 1_000).toISOString();
  return nextOf(
    ticket({ subject }),
    { ...heldBy(to, at), handover: { by: person(by), at, note } },
    { kind: "reassigned", by: person(by), assignee: person(to), note },
  );
}
function declining({ by = MAYA, givenBy = PRIYA, secondsAgo = 0 } = {}): LiveRow {
  return nextOf(
    ticket({ subject: "Refund" }),
    { givenBackTo: givenBy.id, declined: { by: person(by), reason: "At the dentist." } },
    {
      ...{ kind: "declined", by: person(by), assignee: person(by), note: "At the dentist." },
      at: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
    },
  );
}
const toast = () => screen.queryByText(/gave you|declined/)?.textContent ?? null;
const give = (...rows: LiveRow[]) => say("rows", { rows });

describe("a member who is given a ticket", () => {
  test("is told by whom, with the note, and can open it from any page", async () => {
    const { visited } = open();
    const row = gift({ note: "She called twice." });
    give(row);
    expect(toast()).toBe("Maya gave you “Refund”: She called twice.");
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(visited).toEqual([`/dashboard/tickets/${row.ticket._id}`]);
  });

  test("is told of several from one colleague at once, and opens Mine", async () => {
    const { visited } = open();
    give(gift(), gift({ subject: "Invoice" }));
    give(gift({ subject: "Login" }));
    expect(toast()).toBe("Maya gave you 3 tickets.");
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(visited).toEqual(["/dashboard/tickets/mine"]);
  });

  test("is told once in this browser, also after a reload", async () => {
    const { unmount } = open();
    const row = gift();
    give(row);
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    give(row);
    expect(toast()).toBeNull();
    unmount();
    open();
    give(row);
    expect(toast()).toBeNull();
  });

  test("is not told of one that came while the page was away", () => {
    open();
    give(gift({ secondsAgo: 120 }));
    expect(toast()).toBeNull();
  });

  test("is not told of a ticket that others got, or of an own one that changed otherwise", () => {
    open();
    give(gift({ to: TOMAS }));
    const { ticket: held } = gift();
    give(nextOf(held, { status: "waiting" }, { kind: "status_changed", by: person(MAYA) }));
    expect(toast()).toBeNull();
  });

  test("sees the beginning of a long note", () => {
    open();
    give(gift({ note: "word ".repeat(80) }));
    expect(toast()).toMatch(/^Maya gave you “Refund”: (word )+word…$/);
    expect(toast()?.length).toBeLessThan(170);
  });
});

describe("a member whose ticket is declined", () => {
  test("is told by whom and why, once, and can open it from any page", async () => {
    const { visited } = open();
    const row = declining();
    give(row);
    expect(toast()).toBe("Maya declined “Refund”: At the dentist.");
    await userEvent.click(screen.getByRole("button", { name: "Open" }));
    expect(visited).toEqual([`/dashboard/tickets/${row.ticket._id}`]);
    give(row);
    expect(toast()).toBeNull();
  });

  test.each([
    ["a ticket that others gave", { givenBy: TOMAS }],
    ["one that was declined while the page was away", { secondsAgo: 120 }],
  ])("is not told of %s", (_, options) => {
    open();
    give(declining(options));
    expect(toast()).toBeNull();
  });
});
