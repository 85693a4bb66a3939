import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, askedFor, ok, refusal } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, NO_COUNTS } from "@/tests/support/screen/on-desk";
import {
  bar,
  box,
  JOBS,
  later,
  one,
  openList,
  select,
  selected,
  two,
  user,
} from "@/tests/support/screen/selecting";

const START = `POST ${JOBS}`;
const counts = { ...NO_COUNTS, unassigned: 240, mine: 240 };
const started = { success: true, job: {} };

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => void vi.useRealTimers());

const press = async (name: string | RegExp) => user().click(bar().getByRole("button", { name }));
const dialog = () => within(screen.getByRole("dialog"));
async function selectMatching() {
  await select("One");
  await press("Select all 2 shown");
  await press("Select all 240 that match");
}
const open = (options = {}) => openList({ tickets: [one, two], nextCursor: "1-c", counts, ...options });

test("all that match are offered once all rows are selected, and only if there are more", async () => {
  open();
  await select("One");
  expect(bar().queryByRole("button", { name: /that match/ })).not.toBeInTheDocument();
  await press("Select all 2 shown");
  await press("Select all 240 that match");
  expect(bar().getByText("All 240 that match")).toBeInTheDocument();
  await user().click(box("One"));
  expect(bar().getByText("1 selected")).toBeInTheDocument();
});

test("the focus goes on in the list once nothing more can be selected", async () => {
  open();
  await selectMatching();
  expect(screen.getByRole("link", { name: "One" })).toHaveFocus();
});

test("a list that is shown as a whole offers no more", async () => {
  openList({ tickets: [one, two], counts: { ...NO_COUNTS, unassigned: 2 } });
  await select("One");
  await press("Select all 2 shown");
  expect(bar().queryByRole("button", { name: /that match/ })).not.toBeInTheDocument();
});

test("asks before it starts a job, with what the member has seen of the list", async () => {
  answer(START, () => ({ status: 202, body: started }));
  const before = new Date().toISOString();
  open();
  await selectMatching();
  await press(/^Claim/);
  expect(dialog().getByRole("heading")).toHaveTextContent("Claim all 240 tickets of this list?");
  expect(dialog().getByText(/At most 1,000 at a time/)).toBeInTheDocument();
  expect(askedFor(START)).toEqual([]);
  await user().click(dialog().getByRole("button", { name: "Claim all" }));
  await later(500);
  const [request] = askedFor(START);
  const seenAt: unknown = expect.any(String);
  expect(request?.body).toEqual({ action: "claim", view: "unassigned", seenAt });
  const { seenAt: sentAt } = request?.body as { seenAt: string };
  expect(Date.parse(sentAt)).toBeGreaterThanOrEqual(Date.parse(before) - 1_000);
  expect(Date.parse(sentAt)).toBeLessThanOrEqual(Date.now());
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(selected()).toEqual([]);
});

test("names the filter of the list and the new status", async () => {
  answer(START, () => ({ status: 202, body: started }));
  open({ view: "mine", tickets: [one, two].map((held) => ({ ...held, ...heldBy(MAYA) })) });
  await selectMatching();
  await press("Status of the selected tickets");
  await user().click(bar().getByRole("menuitem", { name: "Resolve" }));
  expect(dialog().getByText(/somebody has written meanwhile is left as it is/)).toBeInTheDocument();
  await user().click(dialog().getByRole("button", { name: "Resolve all" }));
  await later(500);
  expect(askedFor(START)[0]?.body).toMatchObject({
    ...{ action: "status", setTo: "resolved", view: "mine", status: "active" },
  });
});

test("says why a job could not start, and keeps the selection", async () => {
  const sentence = "Three of your jobs run already. Wait for one to end, or cancel one.";
  answer(START, () => refusal(409, "too_many_jobs", sentence));
  open();
  await selectMatching();
  await press(/^Claim/);
  await user().click(dialog().getByRole("button", { name: "Claim all" }));
  await later(500);
  expect(dialog().getByRole("alert")).toHaveTextContent(sentence);
  await user().click(dialog().getByRole("button", { name: "Cancel" }));
  expect(bar().getByText("All 240 that match")).toBeInTheDocument();
});

test("starts one job, however often it is pressed without an answer", async () => {
  let isAway = true;
  answer(START, () => (isAway ? "unreachable" : ok(started)));
  open();
  for (const path of ["unassigned", "counts"]) answer(`GET /api/emails/tickets/${path}`, () => "unreachable");
  await selectMatching();
  await press(/^Claim/);
  await user().click(dialog().getByRole("button", { name: "Claim all" }));
  await later(11_000);
  expect(dialog().getByRole("alert")).toHaveTextContent("The desk could not be reached");
  isAway = false;
  await user().click(dialog().getByRole("button", { name: "Claim all" }));
  await later(3_000);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  const keys = askedFor(START).map(({ headers }) => headers.get("idempotency-key"));
  expect(keys.length).toBeGreaterThan(1);
  expect(new Set(keys).size).toBe(1);
});
