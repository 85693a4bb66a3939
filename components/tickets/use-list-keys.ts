"use client";
import { useRef, useState } from "react";
import { useOpenPage } from "@/components/client/open-page";
import { useShortcuts } from "@/components/ui/shortcuts";
import { replyHref, ticketHref } from "./ticket-paths";

/** Acts on the selected rows; null if none is selected. An act is null if the selection does not allow it. */
export type SelectionKeys =
  | (Record<"claim" | "assign" | "resolve", (() => void) | null> & {
      clear: () => void;
    })
  | null;

type Options = {
  /** Selects or unselects a row, with `isRange` all rows from the last one to it; null if the member may not. */
  onSelect: ((threadId: string, isRange: boolean) => void) | null;
  selected: SelectionKeys;
};

/** The current row of a list, with the keys that move it, select it, and act on it or on the selected rows. */
export function useListKeys(threadIds: string[], { onSelect, selected }: Options) {
  const openPage = useOpenPage();
  const list = useRef<HTMLUListElement>(null);
  const isHandingOn = useRef(false);
  const [at, setAt] = useState<{ id: string | undefined; index: number }>({ id: threadIds[0], index: 0 });

  // If the current row left the list, the row now in its place is current.
  const found = threadIds.indexOf(at.id ?? "");
  const index = found === -1 ? Math.min(at.index, threadIds.length - 1) : found;
  const currentId = threadIds[index];

  function rowOf(threadId: string | undefined): HTMLElement | null {
    return list.current?.querySelector(`[data-ticket="${threadId}"]`) ?? null;
  }
  function focusOn(threadId: string | undefined) {
    rowOf(threadId)?.querySelector<HTMLElement>("[data-act=open]")?.focus({ preventScroll: true });
  }
  function handOnTo(threadId: string | undefined) {
    isHandingOn.current = true;
    focusOn(threadId);
    isHandingOn.current = false;
  }
  function act(name: "claim" | "open" | "reply" | "assign"): boolean {
    const target = rowOf(currentId)?.querySelector<HTMLElement>(`[data-act="${name}"]`);
    target?.click();
    return Boolean(target);
  }
  function move(event: KeyboardEvent, step: 1 | -1) {
    const next = threadIds[Math.max(0, Math.min(index + step, threadIds.length - 1))];
    if (next === undefined) return;
    event.preventDefault();
    setAt({ id: next, index: threadIds.indexOf(next) });
    const row = rowOf(next);
    focusOn(next);
    row?.scrollIntoView({ block: "nearest" });
  }

  useShortcuts({
    j: (event) => move(event, 1),
    k: (event) => move(event, -1),
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    x: () => currentId && onSelect?.(currentId, false),
    "Shift+x": () => currentId && onSelect?.(currentId, true),
    c: () => (selected ? selected.claim?.() : act("claim")),
    a: (event) => {
      event.preventDefault(); // else the letter lands in the field that opens
      if (selected) selected.assign?.();
      else act("assign");
    },
    e: () => selected?.resolve?.(),
    Escape: () => selected?.clear(),
    r: () => act("reply") || (currentId && openPage(replyHref(currentId))),
    Enter: (event) => {
      // On a link or a button, Enter presses that one.
      const isTaken = event.target instanceof Element && event.target.closest("a, button, summary");
      if (!isTaken && currentId) openPage(ticketHref(currentId));
    },
  });

  return {
    list,
    currentId,
    /** True while the list itself gives the focus to a row, which nobody has looked at for that. */
    isHandingOn: () => isHandingOn.current,
    focusOnCurrent: () => handOnTo(currentId),
    reach: (threadId: string) => setAt({ id: threadId, index: threadIds.indexOf(threadId) }),
    /** Call it before a row leaves: focus inside it moves to a neighbour, not to the top of the page. */
    handFocusOn: (threadId: string) => {
      if (!rowOf(threadId)?.contains(document.activeElement)) return;
      const place = threadIds.indexOf(threadId);
      const near = [...threadIds.slice(place + 1), ...threadIds.slice(0, place).toReversed()];
      // Several rows may leave at once.
      const stays = near.find((id) => rowOf(id)?.matches(":not([data-leaving])"));
      if (stays) handOnTo(stays);
      else list.current?.closest("main")?.focus({ preventScroll: true });
    },
  };
}
