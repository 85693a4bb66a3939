"use client";
import { useState } from "react";
import { fetchHistory } from "@/components/client/desk-api";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { HistoryLine } from "@/lib/api/vocabulary";
import { withFacts, type TimelineLine } from "./timeline";

/** Lines that are shown at once. */
const SHOWN_FIRST = 5;

/** Older lines as they were read, newest first. */
type Pages = {
  lines: HistoryLine[];
  /** Leads to the next older ones; null: there are none. */
  cursor: string | null;
  /** The revision that they begin before, and the newest one when they were first read. */
  before: number;
  seenTo: number;
};

type History = {
  /** Newest first. */
  lines: TimelineLine[];
  older: { isMore: boolean; state: "unasked" | "reading" | "failed" | "shown"; show: () => Promise<void> };
};

/** The newest lines of the ticket's history as the page has them, and as many older ones as were asked for. */
export function useHistory({
  ticket,
  history,
  olderCursor,
}: Pick<TicketDetailResponse, "ticket" | "history" | "olderCursor">): History {
  const [read, setRead] = useState<Pages | null>(null);
  const [state, setState] = useState<History["older"]["state"]>("unasked");
  const pages = read && isCurrent(read, history) ? read : null;
  const from = pages ? pages.before : (history.at(-SHOWN_FIRST)?.revision ?? 0);
  const first = pages?.lines.at(-1)?.revision ?? from;
  const lines = withFacts(joined(pages?.lines ?? [], history)).filter(({ revision }) => revision >= first);
  const isWhole = (history[0]?.revision ?? 1) === 1 || olderCursor === null;
  const isMore = pages ? pages.cursor !== null : history.length > SHOWN_FIRST || !isWhole;

  async function show() {
    setState("reading");
    try {
      const page = await fetchHistory(ticket._id, pages?.cursor ?? String(lines[0]?.revision ?? 0));
      setRead({
        lines: [...(pages?.lines ?? []), ...page.lines],
        cursor: page.olderCursor,
        before: pages?.before ?? lines[0]?.revision ?? 0,
        seenTo: pages?.seenTo ?? history.at(-1)?.revision ?? 0,
      });
      setState("shown");
    } catch {
      setState("failed");
    }
  }

  return { lines: lines.toReversed(), older: { isMore, state, show } };
}

/** False if lines are missing between the pages and the page's own, or a customer was erased since they were read. */
function isCurrent({ before, seenTo }: Pages, history: HistoryLine[]): boolean {
  const isErased = history.some(({ kind, revision }) => kind === "customer_erased" && revision > seenTo);
  return !isErased && (history[0]?.revision ?? 0) <= before;
}

/** Oldest first, each line once. */
function joined(older: HistoryLine[], newer: HistoryLine[]): HistoryLine[] {
  const lines = new Map([...older, ...newer].map((line) => [line.revision, line]));
  return [...lines.values()].toSorted((one, other) => one.revision - other.revision);
}
