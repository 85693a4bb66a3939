"use client";
import { useRef, useState } from "react";
import { useOpenPage } from "@/components/client/open-page";
import { useShortcuts } from "@/components/ui/shortcuts";
import { replyHref, ticketHref } from "./ticket-paths";

/** The current row of a list, with the keys that move it and act on it. */
export function useListKeys(threadIds: string[]) {
  const openPage = useOpenPage();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState<{ id: string | undefined; index: number }>({ id: threadIds[0], index: 0 });

  // If the current row left the list, the row now in its place is current.
  const found = threadIds.indexOf(at.id ?? "");
  const index = found === -1 ? Math.min(at.index, threadIds.length - 1) : found;
  const currentId = threadIds[index];

  function rowOf(threadId: string | undefined): HTMLElement | null {
    return list.current?.querySelector(`[data-ticket="${threadId}"]`) ?? null;
  }
  function act(name: "claim" | "open" | "reply"): boolean {
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
    row?.querySelector<HTMLElement>("[data-act=open]")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  useShortcuts({
    j: (event) => move(event, 1),
    k: (event) => move(event, -1),
    ArrowDown: (event) => move(event, 1),
    ArrowUp: (event) => move(event, -1),
    c: () => act("claim"),
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
    reach: (threadId: string) => setAt({ id: threadId, index: threadIds.indexOf(threadId) }),
    /** Call it before a row leaves: focus inside it moves to a neighbour, not to the top of the page. */
    handFocusOn: (threadId: string) => {
      if (!rowOf(threadId)?.contains(document.activeElement)) return;
      const place = threadIds.indexOf(threadId);
      const neighbour = threadIds[place + 1] ?? threadIds[place - 1];
      rowOf(neighbour)?.querySelector<HTMLElement>("[data-act=open]")?.focus({ preventScroll: true });
    },
  };
}
