import { act } from "@testing-library/react";
import { vi } from "vitest";
import type { LiveEvents } from "@/lib/api/contracts";
import type { HistoryLine, Ticket, TicketSummary } from "@/lib/api/vocabulary";

// Stands in for the live stream, which jsdom lacks: the test writes its events.

class TestSource extends EventTarget {
  static all: TestSource[] = [];
  readyState = 1;
  constructor(readonly url: string) {
    super();
    TestSource.all.push(this);
  }
  close() {
    this.readyState = 2;
  }
}

/** Gives the windows of a test a stream. Call it before each test; `vi.unstubAllGlobals` ends it. */
export function useTestStream(): void {
  TestSource.all = [];
  vi.stubGlobal("EventSource", TestSource);
}

export const openStreams = () => TestSource.all.filter(({ readyState }) => readyState !== 2);

/** The only open stream. Throws if there is none, or more than one. */
export function onlyStream(): TestSource {
  const [source, ...others] = openStreams();
  if (!source || others.length > 0) throw new Error(`${openStreams().length} streams are open`);
  return source;
}

/** Says an event in the only open stream. `now` is the present unless the event names it. */
export function say<Name extends keyof LiveEvents>(
  name: Name,
  data: Partial<LiveEvents[Name]> = {},
  source = onlyStream(),
): void {
  const now = new Date().toISOString();
  const nothing = { rows: [], gone: [], messages: [], deliveries: [], mail: false };
  const whole = { now, ...(name === "rows" && nothing), ...(name === "hello" && { from: now }), ...data };
  act(() => void source.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(whole) })));
}

/** Breaks the only open stream off, as a lost connection does, or a refusal. */
export function breakOff({ isRefused = false } = {}, source = onlyStream()): void {
  if (isRefused) source.readyState = 2;
  act(() => void source.dispatchEvent(new Event("error")));
}

/** A row of an event: the ticket in its next revision, changed as `change` says, with the line of history for it. */
export function nextOf(
  ticket: TicketSummary,
  change: Partial<Ticket>,
  line: Partial<HistoryLine> = {},
): LiveEvents["rows"]["rows"][number] {
  const revision = ticket.revision + 1;
  const rest = {
    to: "support@desk.example",
    inbox: "support@desk.example",
    firstClaimedAt: null,
    firstRepliedAt: null,
    resolvedAt: null,
    recipientsRevision: 0,
    card: null,
  };
  return {
    ticket: { ...rest, ...ticket, ...change, revision },
    lines: [
      {
        kind: "claimed",
        at: new Date().toISOString(),
        revision,
        by: null,
        way: "web",
        assignee: null,
        formerAssignee: null,
        note: null,
        undoes: null,
        statusFrom: null,
        statusTo: null,
        messageId: null,
        action: null,
        reason: null,
        added: [],
        removed: [],
        customer: null,
        ...line,
      },
    ],
  };
}
