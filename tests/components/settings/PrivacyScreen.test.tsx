import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PrivacyScreen } from "@/components/settings/PrivacyScreen";
import type { ErasureEntry } from "@/lib/api/contracts";
import type { PrivacyCounts } from "@/lib/api/vocabulary";
import {
  answer,
  askedFor,
  goOffline,
  goOnline,
  heldAnswer,
  ok,
  refusal,
} from "@/tests/support/screen/desk-answers";
import { NO_COUNTS, renderOnDesk } from "@/tests/support/screen/on-desk";

const ADDRESS = "ann@customers.example";
const COUNTS: PrivacyCounts = { tickets: 1, messages: 3, attachments: 0, rawMails: 2 };
const NOTHING: PrivacyCounts = { tickets: 0, messages: 0, attachments: 0, rawMails: 0 };

function erasure(overrides: Partial<ErasureEntry> = {}): ErasureEntry {
  return {
    _id: "a".repeat(64),
    state: "running",
    address: ADDRESS,
    addressHash: "1a2b3c4d5e6f",
    byName: "Maya Lindqvist",
    requestedAt: new Date().toISOString(),
    endedAt: null,
    expected: COUNTS,
    done: { ...NOTHING, messages: 1 },
    error: null,
    ...overrides,
  };
}

afterEach(() => void vi.useRealTimers());

beforeEach(() => {
  answer("GET /api/emails/tickets/counts", NO_COUNTS);
  answer("GET /api/privacy/erasures", { erasures: [] });
});

const open = (erasures: ErasureEntry[] = []) => renderOnDesk(<PrivacyScreen erasures={{ erasures }} />);
const press = (name: string) => userEvent.click(screen.getByRole("button", { name }));

test("leads to the settings for how long mails are kept", () => {
  open();
  expect(screen.getByRole("link", { name: "Settings" })).toHaveAttribute("href", "/dashboard/settings");
});

describe("one customer", () => {
  async function lookUp(counts: PrivacyCounts = COUNTS) {
    answer("POST /api/privacy/erase", { counts });
    await userEvent.type(screen.getByLabelText("Customer’s address"), ADDRESS);
    await press("Look up");
    await screen.findByText(counts === NOTHING ? /Nothing of/ : /Stored of/);
  }

  test("is looked up by a dry run before anything else is offered", async () => {
    open();
    expect(screen.queryByRole("button", { name: "Export" })).not.toBeInTheDocument();
    await lookUp();
    expect(askedFor("POST /api/privacy/erase")[0]?.body).toEqual({ address: ADDRESS, dryRun: true });
    expect(screen.getByText(/Stored of/)).toHaveTextContent(
      `Stored of ${ADDRESS}: 1 ticket, 3 messages, no files, 2 original mails.`,
    );
    await userEvent.type(screen.getByLabelText("Customer’s address"), "x");
    expect(screen.queryByRole("button", { name: "Export" })).not.toBeInTheDocument();
  });

  test("of whom nothing is stored is offered nothing", async () => {
    open();
    await lookUp(NOTHING);
    expect(screen.queryByRole("button", { name: "Erase…" })).not.toBeInTheDocument();
  });

  test("whose address is none is refused with the desk's sentence", async () => {
    open();
    answer("POST /api/privacy/erase", () => refusal(400, "invalid_request", "That is not one mail address."));
    await userEvent.type(screen.getByLabelText("Customer’s address"), "ann");
    await press("Look up");
    expect(await screen.findByText("That is not one mail address.")).toBeInTheDocument();
  });

  test.each(["", "   "])("is not looked up by %j, which is no address", async (blanks) => {
    open();
    await userEvent.type(screen.getByLabelText("Customer’s address"), `${blanks}{Enter}`);
    expect(screen.getByText("Enter the customer’s mail address.")).toBeInTheDocument();
    expect(askedFor("POST /api/privacy/erase")).toEqual([]);
    await userEvent.type(screen.getByLabelText("Customer’s address"), "a");
    expect(screen.queryByText("Enter the customer’s mail address.")).not.toBeInTheDocument();
  });

  test("whose look-up is answered after the address changed is not offered", async () => {
    open();
    const held = heldAnswer();
    answer("POST /api/privacy/erase", held.answering);
    await userEvent.type(screen.getByLabelText("Customer’s address"), ADDRESS);
    await press("Look up");
    await userEvent.type(screen.getByLabelText("Customer’s address"), "x");
    held.give(ok({ counts: COUNTS }));
    expect(await screen.findByRole("button", { name: "Look up" })).not.toHaveAttribute("aria-disabled");
    expect(screen.queryByText(/Stored of/)).not.toBeInTheDocument();
  });

  const ERASE = "POST /api/privacy/erase";
  const OTHER = "bob@customers.example";
  const erasuresAsked = () => askedFor(ERASE).filter(({ body }) => !(body as { dryRun: boolean }).dryRun);
  async function startErasing() {
    await lookUp();
    await press("Erase…");
    await userEvent.type(screen.getByLabelText("Type the address again to confirm"), ADDRESS);
  }
  async function changeAddress() {
    await userEvent.clear(screen.getByLabelText("Customer’s address"));
    await userEvent.type(screen.getByLabelText("Customer’s address"), OTHER);
  }
  const abandonments: [string, () => Promise<void>][] = [
    ["Keep", () => press("Keep")],
    ["Escape", async () => void (await userEvent.keyboard("{Escape}"))],
    ["another address", changeAddress],
  ];

  test.each(abandonments)("is not erased once the connection is back, after %s", async (_, abandon) => {
    open();
    await startErasing();
    goOffline();
    await press("Erase for good");
    expect(await screen.findByText(/Waiting for the connection/)).toBeInTheDocument();
    await abandon();
    goOnline();
    answer(ERASE, { counts: COUNTS });
    await changeAddress();
    await press("Look up");
    expect(await screen.findByText(/Stored of/)).toHaveTextContent(OTHER);
    expect(erasuresAsked()).toEqual([]);
  });

  test.each(abandonments)(
    "is not asked to be erased again after a slow request and %s",
    async (_, abandon) => {
      vi.useFakeTimers({ shouldAdvanceTime: true });
      open();
      await startErasing();
      const held = heldAnswer();
      answer(ERASE, held.answering);
      await press("Erase for good");
      await abandon();
      held.give("unreachable");
      await act(() => vi.advanceTimersByTimeAsync(15_000));
      expect(erasuresAsked()).toHaveLength(1);
    },
  );

  test("who was replaced in the field is not taken out of it by an erasure that began meanwhile", async () => {
    open();
    await startErasing();
    const held = heldAnswer();
    answer(ERASE, held.answering);
    await press("Erase for good");
    await changeAddress();
    held.give(ok({ success: true, erasure: erasure() }));
    expect(await screen.findByText(/The erasure has begun/)).toBeInTheDocument();
    expect(screen.getByLabelText("Customer’s address")).toHaveValue(OTHER);
  });

  test("is kept on Escape, and the focus goes back to the button that asked", async () => {
    open();
    await lookUp();
    await press("Erase…");
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("button", { name: "Erase for good" })).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Erase…" })).toHaveFocus();
  });

  test("whose address left the field meanwhile is not saved as a file", async () => {
    open();
    await lookUp();
    const createObjectURL = vi.fn(() => "blob:archive");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL, revokeObjectURL: () => {} }));
    const held = heldAnswer();
    let signal: AbortSignal | null | undefined;
    answer("POST /api/privacy/export", held.answering);
    const sent = globalThis.fetch;
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      signal = init.signal;
      return sent(path, init);
    });
    await press("Export");
    await changeAddress();
    expect(signal?.aborted).toBe(true);
    await act(async () => held.give(ok("archive")));
    expect(createObjectURL).not.toHaveBeenCalled();
  });

  test("is erased only after the address was typed again, and the list shows the job", async () => {
    open();
    await lookUp();
    await press("Erase…");
    expect(screen.getByLabelText("Type the address again to confirm")).toHaveFocus();
    expect(screen.getByRole("button", { name: "Erase for good" })).toBeDisabled();
    await userEvent.type(screen.getByLabelText("Type the address again to confirm"), ADDRESS.toUpperCase());
    answer("POST /api/privacy/erase", { success: true, erasure: erasure() });
    answer("GET /api/privacy/erasures", { erasures: [erasure()] });
    await press("Erase for good");
    expect(askedFor("POST /api/privacy/erase")[1]?.body).toEqual({
      address: ADDRESS,
      confirm: ADDRESS.toUpperCase(),
      dryRun: false,
    });
    expect(await screen.findByText("Erasing: 1 of 3 messages.")).toBeInTheDocument();
    expect(screen.getByLabelText("Customer’s address")).toHaveValue("");
  });

  test("is exported as a file, once for each press", async () => {
    open();
    await lookUp();
    const createObjectURL = vi.fn(() => "blob:archive");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL, revokeObjectURL: () => {} }));
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    const held = heldAnswer();
    answer("POST /api/privacy/export", held.answering);
    await press("Export");
    await userEvent.click(screen.getByRole("button", { name: /Exporting/ }));
    held.give(ok("archive"));
    expect(await screen.findByText("Saved as customer-export.zip.")).toBeInTheDocument();
    expect(createObjectURL).toHaveBeenCalledOnce();
    expect(askedFor("POST /api/privacy/export")).toHaveLength(1);
  });

  test("whose export fails can be exported again", async () => {
    open();
    await lookUp();
    answer("POST /api/privacy/export", () => "unreachable");
    await press("Export");
    expect(await screen.findByText(/could not be reached/)).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Export" })).toBeEnabled();
  });
});

describe("the erasures", () => {
  test("say that there are none", () => {
    open();
    expect(screen.getByText("Nobody has been erased yet.")).toBeInTheDocument();
  });

  test("show a running one with its progress, which can be stopped", async () => {
    answer("GET /api/privacy/erasures", { erasures: [erasure()] });
    open([erasure()]);
    const row = screen.getByRole("listitem");
    expect(within(row).getByRole("progressbar")).toHaveAttribute("value", "1");
    answer("POST /api/privacy/erase/cancel", { success: true, erasure: erasure() });
    answer("GET /api/privacy/erasures", { erasures: [erasure({ state: "cancelled", address: null })] });
    await press(`Stop the erasure of ${ADDRESS}`);
    expect(await screen.findByText(/Stopped; erased until then/)).toBeInTheDocument();
    expect(screen.getByText("Customer 1a2b3c4d5e6f")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /Stop/ })).not.toBeInTheDocument();
  });

  test("say why the last batch of one failed", () => {
    const failing = erasure({ error: "A batch failed (Error); it is repeated." });
    answer("GET /api/privacy/erasures", { erasures: [failing] });
    open([failing]);
    expect(screen.getByRole("listitem")).toHaveTextContent("A batch failed (Error); it is repeated.");
  });

  test("that cannot be loaded say so", async () => {
    answer("GET /api/privacy/erasures", () => "unreachable");
    renderOnDesk(<PrivacyScreen />);
    expect(await screen.findByText("The erasures can’t be loaded")).toBeInTheDocument();
  });
});
