import { act, render, screen } from "@testing-library/react";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Age, Ago } from "@/components/ui/Age";
import { NowProvider } from "@/components/ui/Now";

const NOW = "2026-03-10T14:00:00.000Z";
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(new Date(NOW));
});
afterEach(() => {
  vi.useRealTimers();
});

function ageOf(minutes: number, quiet = false): HTMLElement {
  const since = ago(minutes);
  const { container } = render(<Age since={since} quiet={quiet} />);
  const time = container.querySelector("time");
  if (!time) throw new Error("no time");
  expect(time).toHaveAttribute("datetime", since);
  return time;
}

describe("Age", () => {
  test.each([
    [0, "now"],
    [0.9, "now"],
    [1, "1 min"],
    [59.9, "59 min"],
    [60, "1 h"],
    [23 * 60 + 59, "23 h"],
    [24 * 60, "1 d"],
    [200 * 24 * 60, "200 d"],
  ])("shows %d minutes as %s", (minutes, text) => {
    expect(ageOf(minutes)).toHaveTextContent(new RegExp(`^${text}$`));
  });

  test.each([
    [59.9, "calm"],
    [60, "warn"],
    [239.9, "warn"],
    [240, "late"],
  ])("after %d minutes without an answer is %s", (minutes, urgency) => {
    expect(ageOf(minutes)).toHaveAttribute("data-urgency", urgency);
  });

  test("marks late with a triangle, not with colour alone", () => {
    expect(ageOf(240).querySelector("svg")).toBeInTheDocument();
    expect(ageOf(239).querySelector("svg")).not.toBeInTheDocument();
  });

  test("is never coloured while we wait for the customer", () => {
    expect(ageOf(9_000, true)).toHaveAttribute("data-urgency", "calm");
  });

  test("shows the exact time on hover", () => {
    expect(ageOf(0)).toHaveAttribute("title", expect.stringMatching(/^Tuesday,? 10 March 2026/));
  });

  test("grows while the page is open", async () => {
    const time = ageOf(59);
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(time).toHaveTextContent("1 h");
    expect(time).toHaveAttribute("data-urgency", "warn");
  });

  test.each([
    ["ahead", 3 * 60],
    ["behind", -3 * 60],
  ])(
    "follows the server's time if the browser's clock is hours %s, from the first text on",
    async (_, minutes) => {
      const page = (
        <NowProvider now={NOW}>
          <Age since={ago(59)} />
        </NowProvider>
      );
      const container = document.createElement("div");
      container.innerHTML = renderToString(page);
      expect(container).toHaveTextContent("59 min");

      vi.setSystemTime(Date.parse(NOW) + minutes * 60_000);
      const mismatches: unknown[] = [];
      render(page, {
        container: document.body.appendChild(container),
        hydrate: true,
        onRecoverableError: (error) => void mismatches.push(error),
      });
      expect(mismatches).toEqual([]);
      expect(container).toHaveTextContent("59 min");
      await act(() => vi.advanceTimersByTimeAsync(60_000));
      expect(container).toHaveTextContent("1 h");
    },
  );
});

test("Ago ticks for the eyes alone: a screen reader gets the time of day, which stays", async () => {
  render(
    <p role="status">
      Maya gave you this <Ago since={ago(1)} />.
    </p>,
  );
  const region = screen.getByRole("status");
  /** The text that a screen reader is told of. */
  function spoken() {
    const copy = region.cloneNode(true);
    if (!(copy instanceof HTMLElement)) throw new Error("no region");
    for (const hidden of copy.querySelectorAll("[aria-hidden=true]")) hidden.remove();
    return [copy.textContent, copy.querySelector("time")?.dataset["spoken"]];
  }
  const before = spoken();
  expect(before).toEqual(["Maya gave you this .", expect.stringMatching(/^(at|on) .*\d\d:59$/)]);
  await act(() => vi.advanceTimersByTimeAsync(120_000));
  expect(region).toHaveTextContent("Maya gave you this 3 minutes ago.");
  expect(spoken()).toEqual(before);
});

test.each([
  [0, "just now"],
  [1 / 30, "2 seconds ago"],
  [1, "1 minute ago"],
  [120, "2 hours ago"],
])("Ago shows %d minutes as %s", (minutes, text) => {
  render(<Ago since={ago(minutes)} />);
  expect(screen.getByText(text)).toBeInTheDocument();
});
