import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, ok, refusal, type AskedRequest } from "@/tests/support/screen/desk-answers";
import { heldBy, PRIYA } from "@/tests/support/screen/on-desk";
import {
  bar,
  BULK,
  bulkAnswer,
  later,
  one,
  openList,
  rowOf,
  select,
  sentBulks,
  three,
  toast,
  two,
  user,
} from "@/tests/support/screen/selecting";

const UNTOUCHED = { success: true, canUndo: false };

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => void vi.useRealTimers());

/** Claims the three tickets. The first was held before, so that only the others can be undone. */
async function claimThree(
  undone: (request: AskedRequest) => unknown = bulkAnswer(),
  listed = [one, two, three],
) {
  const { relist } = openList({ tickets: [one, two, three] });
  answer(BULK, (request: AskedRequest) => {
    relist(listed);
    const isUndo = (request.body as { action: string }).action === "undo";
    return isUndo ? undone(request) : bulkAnswer({ [one._id]: UNTOUCHED })(request);
  });
  await select("One", "Two", "Three");
  await user().click(bar().getByRole("button", { name: /^Claim/ }));
  await later(500);
}

test("z undoes the act with its key and tickets, and says so", async () => {
  await claimThree();
  expect(toast()).toBe("Claimed 3.");
  await user().keyboard("z");
  await later(500);
  const [claim, undo] = sentBulks();
  expect(undo?.body).toEqual({ action: "undo", key: claim?.key, items: claim?.body.items });
  expect(undo?.key).not.toBe(claim?.key);
  expect(toast()).toBe("Undone: 2 tickets are as they were.");
  expect(rowOf("Two")).toHaveTextContent("Undone.");
});

test("says in the row why a ticket could not be undone", async () => {
  const error = "This ticket changed meanwhile: Priya Nair holds it now.";
  const taken = { success: false, reason: "changed_meanwhile", error, ...heldBy(PRIYA) };
  await claimThree(bulkAnswer({ [one._id]: taken, [three._id]: taken }));
  await user().click(screen.getByRole("button", { name: /^Undo/ }));
  await later(500);
  expect(rowOf("Three")).toHaveTextContent("Priya holds this ticket now.");
  expect(rowOf("One")).not.toHaveTextContent("Priya");
  expect(toast()).toBe(`Undid 1 of 2. “Three”: ${error}`);
});

test("names a ticket that could not be undone if its row has left, and counts the others", async () => {
  const error = "You can't undo this any more";
  const refused = { success: false, reason: "changed_meanwhile", error };
  await claimThree(bulkAnswer({ [two._id]: refused, [three._id]: refused }), []);
  await later(6_000);
  expect(screen.queryByRole("link", { name: "Two" })).not.toBeInTheDocument();
  await user().keyboard("z");
  await later(500);
  expect(toast()).toBe(`Undid none of 2. “Two”: ${error}. One more was left as it is.`);
});

test("offers no Undo if nothing was changed", async () => {
  openList({ tickets: [one] });
  answer(BULK, () => ok({ results: [{ threadId: one._id, ...UNTOUCHED }] }));
  await select("One");
  await user().click(bar().getByRole("button", { name: /^Claim/ }));
  await later(500);
  expect(toast()).toBe("Claimed 1.");
  expect(screen.queryByRole("button", { name: /^Undo/ })).not.toBeInTheDocument();
});

test("says why the desk refused to undo", async () => {
  await claimThree(() => refusal(422, "nothing_to_undo", "There is nothing left to undo in this ticket."));
  await user().keyboard("z");
  await later(500);
  expect(toast()).toBe("There is nothing left to undo in this ticket.");
});

test("can be tried again with the same key while the desk can't be reached", async () => {
  let isAway = true;
  await claimThree((request) => (isAway ? "unreachable" : bulkAnswer()(request)));
  for (const path of ["unassigned", "counts"]) answer(`GET /api/emails/tickets/${path}`, () => "unreachable");
  await user().keyboard("z");
  await later(11_000);
  expect(toast()).toBe("The desk could not be reached to undo this.");
  isAway = false;
  await user().click(screen.getByRole("button", { name: "Try again" }));
  await later(3_000);
  expect(toast()).toBe("Undone: 2 tickets are as they were.");
  expect(
    new Set(
      sentBulks()
        .slice(1)
        .map(({ key }) => key),
    ).size,
  ).toBe(1);
});
