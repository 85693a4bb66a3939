import { BULK_MAX } from "@/lib/api/contracts";

// Which rows of a list are selected. Pure.

export type SelectionState = {
  /** The list it belongs to; another list starts with nothing selected. */
  path: string;
  ids: ReadonlySet<string>;
  /** The row from which a range begins: the last one that was selected or not any more. */
  anchor: string | null;
  /** On a phone: the rows show their checkboxes though none is selected. */
  isSelecting: boolean;
  /** Also the tickets that are not loaded, up to `JOB_MAX`. */
  isAllMatching: boolean;
};

export function nothingSelected(path: string): SelectionState {
  return { path, ids: new Set(), anchor: null, isSelecting: false, isAllMatching: false };
}

export function toggled(before: SelectionState, id: string): SelectionState {
  const ids = new Set(before.ids);
  if (!ids.delete(id) && ids.size < BULK_MAX) ids.add(id);
  return { ...before, ids, anchor: id, isAllMatching: false };
}

/** Selects the rows from the anchor to `id`, both included. `order` has the rows as they are shown. */
export function withRange(before: SelectionState, order: string[], id: string): SelectionState {
  const from = order.indexOf(before.anchor ?? "");
  const to = order.indexOf(id);
  if (from === -1 || to === -1) return toggled(before, id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ...before, ids: added(before.ids, range), anchor: id, isAllMatching: false };
}

export function withAll(before: SelectionState, order: string[]): SelectionState {
  return { ...before, ids: added(before.ids, order), isAllMatching: false };
}

/** Without the tickets that are in `gone`. The same object if none of them was selected. */
export function without(before: SelectionState, gone: Iterable<string>): SelectionState {
  const ids = new Set(before.ids);
  for (const id of gone) ids.delete(id);
  return ids.size === before.ids.size ? before : { ...before, ids };
}

function added(ids: ReadonlySet<string>, more: string[]): ReadonlySet<string> {
  return new Set([...new Set([...ids, ...more])].slice(0, BULK_MAX));
}
