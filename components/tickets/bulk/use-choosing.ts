"use client";
import { useEffect } from "react";
import type { Row } from "@/components/tickets/settle-rows";
import type { TicketFilter, View } from "@/components/tickets/ticket-paths";
import type { SelectionKeys } from "@/components/tickets/use-list-keys";
import type { Extent } from "./matching";
import { useSelection } from "./Selection";
import { useSelectionActs } from "./use-selection-acts";

type Options = {
  list: { view: View; filter: TicketFilter };
  rows: Row[];
  hasMore: boolean;
  completeUntil: () => number;
};

/** The selection of a list with its acts, its keys, and how much there is to select. */
export function useChoosing({ list, rows, hasMore, completeUntil }: Options) {
  const selection = useSelection();
  if (!selection) throw new Error("useChoosing needs a SelectionProvider above it");
  // Rows that have left the list are shown for a moment, but cannot be selected any more.
  const order = rows.flatMap(({ ticket, isMissing }) => (isMissing ? [] : ticket._id));
  const extent: Extent = { shown: order.length, hasMore, matching: selection.matching };
  const acts = useSelectionActs({ selection, rows, list, extent, completeUntil });

  const { setHasRows, canSelect, toggle, selectRange } = selection;
  const hasRows = order.length > 0;
  useEffect(() => setHasRows(hasRows), [setHasRows, hasRows]);

  function select(threadId: string, isRange: boolean) {
    if (!order.includes(threadId)) return;
    if (isRange) selectRange(order, threadId);
    else toggle(threadId);
  }
  const { offered, run, assign, clear, count, pending } = acts;
  const isReady = count > 0 && pending === null;
  const keys: SelectionKeys = selection.isOn
    ? {
        claim: isReady && offered.claim ? () => run({ action: "claim" }) : null,
        assign: isReady && offered.assign ? assign : null,
        resolve: isReady && offered.status ? () => run({ action: "status", status: "resolved" }) : null,
        clear,
      }
    : null;
  return { acts, extent, order, keys, select: canSelect ? select : null };
}
