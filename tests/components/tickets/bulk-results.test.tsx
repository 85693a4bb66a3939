import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answer, heldAnswer, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, PRIYA, TOMAS } from "@/tests/support/screen/on-desk";
import {
  bar,
  BULK,
  bulkAnswer,
  five,
  four,
  later,
  one,
  openList,
  rowOf,
  select,
  selected,
  sentBulks,
  three,
  toast,
  two,
  user,
} from "@/tests/support/screen/selecting";

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => void vi.useRealTimers());

const press = async (name: string | RegExp) => user().click(bar().getByRole("button", { name }));
async function chooseStatus(name: string) {
  await press("Status of the selected tickets");
  await user().click(bar().getByRole("menuitem", { name }));
}
const takenBy = (member: typeof PRIYA) => ({
  success: false,
  error: `${member.name} has already claimed this ticket.`,
  reason: "already_claimed",
  ...heldBy(member),
});
const refused = (reason: string, error: string, facts = {}) => ({ success: false, reason, error, ...facts });

describe("an act on the selected tickets", () => {
  test("sends for each ticket what its row shows", async () => {
    answer(BULK, bulkAnswer());
    openList({ view: "all", tickets: [one, { ...two, ...heldBy(MAYA), lastMessageId: null }] });
    await select("One", "Two");
    await press(/^Claim/);
    await later(500);
    expect(sentBulks()[0]?.body).toEqual({
      action: "claim",
      items: [
        { threadId: one._id, lastSeenMessageId: one.lastMessageId, expectedAssignedTo: null },
        { threadId: two._id, lastSeenMessageId: null, expectedAssignedTo: MAYA.id },
      ],
    });
    expect(sentBulks()[0]?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  test("says in each row what happened to its ticket, and the sum below the list", async () => {
    const { relist } = openList();
    answer(BULK, (request: Parameters<ReturnType<typeof bulkAnswer>>[0]) => {
      relist([four, five]);
      return bulkAnswer({ [three._id]: takenBy(PRIYA) })(request);
    });
    await select("One", "Two", "Three");
    await press(/^Claim/);
    await later(1_000);
    expect(rowOf("One")).toHaveTextContent("Yours. Reply");
    expect(rowOf("Two")).toHaveTextContent("Yours. Reply");
    expect(rowOf("Three")).toHaveTextContent("Priya claimed this");
    expect(toast()).toBe("Claimed 2 of 3. One is Priya’s.");
    expect(selected()).toEqual([]);
  });

  test("shows a success for 4 seconds, and a refusal until the member has looked at its row", async () => {
    const { relist } = openList({ tickets: [one, two] });
    answer(BULK, (request: Parameters<ReturnType<typeof bulkAnswer>>[0]) => {
      relist([]);
      return bulkAnswer({ [two._id]: takenBy(PRIYA) })(request);
    });
    await select("One", "Two");
    await press(/^Claim/);
    await later(6_000);
    expect(screen.queryByRole("link", { name: "One" })).not.toBeInTheDocument();
    expect(rowOf("Two")).toHaveTextContent("Priya claimed this");
    await user().hover(screen.getByRole("link", { name: "Two" }));
    await later(6_000);
    expect(screen.queryByRole("link", { name: "Two" })).not.toBeInTheDocument();
  });

  test("keeps a ticket selected that was left as it is, with a link to open it", async () => {
    openList({ view: "mine", tickets: [one, two].map((held) => ({ ...held, ...heldBy(MAYA) })) });
    const newer = refused("newer_messages", "Nothing was done.", { messages: [], lastMessageId: null });
    answer(BULK, bulkAnswer({ [two._id]: newer }));
    await select("One", "Two");
    await chooseStatus("Resolve");
    await later(1_000);
    expect(sentBulks()[0]?.body).toMatchObject({ action: "status", status: "resolved" });
    expect(rowOf("One")).toHaveTextContent("Resolved.");
    expect(rowOf("Two")).toHaveTextContent("Not resolved: somebody wrote since. Open it.");
    const link = within(rowOf("Two")).getByRole("link", { name: "Open it" });
    expect(link).toHaveAttribute("href", `/dashboard/tickets/${two._id}`);
    expect(toast()).toBe("Resolved 1 of 2. In one somebody wrote since: open it.");
    expect(selected()).toEqual(["Two"]);
  });

  test.each([
    [
      refused("not_assignee", "You can only unclaim your own tickets"),
      "You can only unclaim your own tickets",
    ],
    [refused("changed_meanwhile", "It changed.", heldBy(TOMAS)), "Tomás holds this ticket now."],
    [refused("a_newer_reason", "The desk says no."), "The desk says no."],
  ])("shows the desk's own words for %o", async (outcome, words) => {
    openList({ view: "all", tickets: [{ ...one, ...heldBy(MAYA) }] });
    answer(BULK, bulkAnswer({ [one._id]: outcome }));
    await select("One");
    await press("Unclaim");
    await later(1_000);
    expect(rowOf("One")).toHaveTextContent(words);
    expect(toast()).toBe(`Unclaimed none of 1. “One”: ${outcome.error.replace(/\.$/, "")}.`);
  });

  test("offers only what the member may do, and says so if that is nothing", async () => {
    openList({ view: "all", member: PRIYA, tickets: [{ ...one, ...heldBy(TOMAS) }] });
    await select("One");
    expect(bar().getByText("Others hold these. Only they or an admin can act on them.")).toBeInTheDocument();
    expect(bar().queryByRole("button", { name: /Claim|Assign|Status|Unclaim/ })).not.toBeInTheDocument();
  });

  test("gives the selected tickets to a member with a note, from the picker", async () => {
    answer("GET /api/team", { members: [row(MAYA), row(PRIYA)], removed: [], mayAssignUnassigned: true });
    answer(BULK, bulkAnswer());
    openList();
    await select("One", "Two");
    await press(/^Assign to…/);
    await user().click(await screen.findByRole("option", { name: /Priya Nair/ }));
    await user().type(screen.getByRole("textbox", { name: /Note for Priya/ }), "You know them");
    await user().click(screen.getByRole("button", { name: /^Assign 2/ }));
    await later(1_000);
    expect(sentBulks()[0]?.body).toMatchObject({
      action: "reassign",
      assignedTo: PRIYA.id,
      note: "You know them",
    });
    expect(toast()).toBe("Gave 2 to Priya.");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

describe("an act that waits for its answer", () => {
  test("is shown in the rows, as still trying after 3 seconds, and keeps the selection", async () => {
    const held = heldAnswer();
    answer(BULK, held.answering);
    openList({ tickets: [one, two] });
    await select("One");
    await press(/^Claim/);
    expect(within(rowOf("One")).getByText("Under way")).toBeInTheDocument();
    expect(within(rowOf("One")).queryByRole("button", { name: /Claim/ })).not.toBeInTheDocument();
    await user().keyboard("{Escape}");
    await later(3_200);
    expect(rowOf("One")).toHaveTextContent("Still trying");
    expect(selected()).toEqual(["One"]);
    held.give(ok({ results: [{ threadId: one._id, success: true, canUndo: true }] }));
    await later(500);
    expect(rowOf("One")).toHaveTextContent("Yours.");
  });

  test("is sent again with the same key after no answer, and the selection stays", async () => {
    const { relist } = openList({ tickets: [one, two] });
    for (const route of [BULK, "GET /api/emails/tickets/unassigned", "GET /api/emails/tickets/counts"])
      answer(route, () => "unreachable");
    await select("One", "Two");
    await press(/^Claim/);
    await later(12_000);
    expect(bar().getByRole("alert")).toHaveTextContent("The desk could not be reached");
    expect(selected()).toEqual(["One", "Two"]);

    answer(BULK, bulkAnswer());
    relist([one, two]);
    await later(10_000); // the desk answers a read, which has it sent again
    expect(toast()).toBe("Claimed 2.");
    expect(new Set(sentBulks().map(({ key }) => key)).size).toBe(1);
  });

  test("says why the desk refused it as a whole", async () => {
    answer(BULK, () => refusal(429, "too_many_requests", "Too many at once. Wait a minute."));
    openList({ tickets: [one] });
    await select("One");
    await press(/^Claim/);
    await waitFor(() =>
      expect(bar().getByRole("alert")).toHaveTextContent("Too many at once. Wait a minute."),
    );
    expect(selected()).toEqual(["One"]);
  });
});

const row = (member: typeof MAYA) => ({
  ...member,
  isYou: member.id === MAYA.id,
  isHere: true,
  lastSeenAt: null,
  held: { open: 0, in_progress: 0, waiting: 0 },
  oldestWaitingSince: null,
  canHold: true,
});
