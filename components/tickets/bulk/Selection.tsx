"use client";
import { createContext, use, useMemo, useState, type ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { useCounts } from "@/components/client/use-counts";
import type { Count } from "@/lib/api/contracts";
import { listPath, type TicketFilter, type View } from "@/components/tickets/ticket-paths";
import {
  nothingSelected,
  toggled,
  withAll,
  without,
  withRange,
  type SelectionState,
} from "./selection-state";

export type Selection = Pick<SelectionState, "ids" | "isSelecting" | "isAllMatching"> & {
  /** Rows are selected, or about to be: the selection bar stands in place of the filters. */
  isOn: boolean;
  /** The list has rows that this member may select. */
  canSelect: boolean;
  /** How many tickets the list has in all; null if a filter makes it shorter than its counter says. */
  matching: Count | null;
  setHasRows: (hasRows: boolean) => void;
  begin: () => void;
  toggle: (id: string) => void;
  /** `order` has the rows as they are shown. */
  selectRange: (order: string[], id: string) => void;
  selectAll: (order: string[]) => void;
  selectMatching: (order: string[]) => void;
  drop: (gone: Iterable<string>) => void;
  clear: () => void;
};

const OfList = createContext<Selection | null>(null);

/** The selection of the list around; null above it, and on pages without a list of tickets. */
export function useSelection(): Selection | null {
  return use(OfList);
}

type List = { view: View; filter: TicketFilter };
type Props = { list: List; hasRows: boolean; children: ReactNode };

/** Keeps the selection of one list. `hasRows` is true if the list was rendered with rows. */
export function SelectionProvider({ list, hasRows: hadRows, children }: Props) {
  const member = useMember();
  const matching = useMatching(list);
  const path = listPath(list.view, list.filter);
  const [hasRows, setHasRows] = useState(hadRows);
  const [state, setState] = useState(() => nothingSelected(path));
  if (state.path !== path) setState(nothingSelected(path));

  const mayAct = member.role !== "viewer";
  const selection = useMemo<Selection>(
    () => ({
      ...state,
      isOn: state.isSelecting || state.ids.size > 0,
      canSelect: mayAct && hasRows,
      matching,
      setHasRows,
      begin: () => setState((before) => ({ ...before, isSelecting: true })),
      toggle: (id) => setState((before) => toggled(before, id)),
      selectRange: (order, id) => setState((before) => withRange(before, order, id)),
      selectAll: (order) => setState((before) => withAll(before, order)),
      selectMatching: (order) => setState((before) => ({ ...withAll(before, order), isAllMatching: true })),
      drop: (gone) => setState((before) => without(before, gone)),
      clear: () => setState((before) => nothingSelected(before.path)),
    }),
    [state, mayAct, hasRows, matching],
  );
  return <OfList value={selection}>{children}</OfList>;
}

function useMatching({ view, filter: { status, assignee } }: List): Count | null {
  const { counts } = useCounts();
  const isCounted = view === "mine" ? status === "active" : status === undefined && assignee === undefined;
  return (isCounted && counts?.[view]) || null;
}
