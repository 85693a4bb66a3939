import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { claim } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { answer, askedFor, heldAnswer, ok } from "@/tests/support/screen/desk-answers";
import { heldBy, MAYA, renderOnDesk } from "@/tests/support/screen/on-desk";

const CLAIM = "POST /api/emails/claim";
const claimed = ok({ success: true, ...heldBy(MAYA) });
let refresh: () => Promise<unknown>;

function Claiming() {
  const { pending, isDone, run } = useVerb({ call: claim, refresh: () => refresh() });
  return (
    <button onClick={() => ["a", "b", "a"].forEach(run)}>
      {pending?.argument ?? (isDone ? "done" : "idle")}
    </button>
  );
}

const button = () => screen.getByRole("button");
const press = () => act(async () => button().click());

beforeEach(() => {
  vi.useFakeTimers();
  refresh = async () => {};
});
afterEach(() => {
  vi.useRealTimers();
});

test("an action under way ignores every other press", async () => {
  const held = heldAnswer();
  answer(CLAIM, held.answering);
  renderOnDesk(<Claiming />);
  await press();
  await press();
  expect(button()).toHaveTextContent("a");
  await act(async () => held.give(claimed));
  expect(button()).toHaveTextContent("done");
  expect(askedFor(CLAIM).map(({ body }) => body)).toEqual([{ threadId: "a" }]);
});

test("an action stays pending until the page has been read again, for 2 seconds at most", async () => {
  answer(CLAIM, claimed);
  refresh = () => new Promise(() => {});
  renderOnDesk(<Claiming />);
  await press();
  await act(() => vi.advanceTimersByTimeAsync(1_900));
  expect(button()).toHaveTextContent("a");
  await act(() => vi.advanceTimersByTimeAsync(200));
  expect(button()).toHaveTextContent("done");
});
