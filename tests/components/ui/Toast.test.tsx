import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ToastProvider, useToast, type ToastContent } from "@/components/ui/Toast";

function Toaster({ toasts }: { toasts: ToastContent[] }) {
  const show = useToast();
  return toasts.map((toast) => (
    <button key={toast.text} onClick={() => show(toast)}>
      show {toast.text}
    </button>
  ));
}

const undone = vi.fn();
const UNCLAIMED: ToastContent = {
  text: "You unclaimed it.",
  action: { label: "Undo", key: "z", run: undone },
};
const SENT: ToastContent = { text: "Sent." };

beforeEach(() => {
  localStorage.clear();
  undone.mockClear();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  render(
    <ToastProvider>
      <Toaster toasts={[UNCLAIMED, SENT]} />
    </ToastProvider>,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
const show = ({ text }: ToastContent) => user().click(screen.getByRole("button", { name: `show ${text}` }));
const later = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test("is announced to screen readers and disappears after 10 seconds", async () => {
  await show(SENT);
  expect(screen.getByRole("status")).toHaveTextContent("Sent.");
  await later(9_500);
  expect(screen.getByText("Sent.")).toBeInTheDocument();
  await later(600);
  expect(screen.queryByText("Sent.")).not.toBeInTheDocument();
});

test("is replaced by the next toast", async () => {
  await show(UNCLAIMED);
  await show(SENT);
  expect(screen.getByRole("status")).toHaveTextContent(/^Sent\.$/);
});

test("stays while the pointer is on it", async () => {
  await show(UNCLAIMED);
  await user().hover(screen.getByText("You unclaimed it."));
  await later(30_000);
  expect(screen.getByText("You unclaimed it.")).toBeInTheDocument();
});

test.each([
  ["a click", () => user().click(screen.getByRole("button", { name: "Undo" }))],
  ["its key", () => user().keyboard("z")],
])("runs its action once on %s and disappears", async (_name, act) => {
  await show(UNCLAIMED);
  await act();
  await user().keyboard("z");
  expect(undone).toHaveBeenCalledTimes(1);
  expect(screen.queryByText("You unclaimed it.")).not.toBeInTheDocument();
});
