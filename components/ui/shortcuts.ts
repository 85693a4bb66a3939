"use client";
import { useEffect, useEffectEvent } from "react";
import { useStoredChoice } from "./stored-choice";

/** Whether single-key shortcuts are on, and a setter (WCAG 2.1.4). On by default. */
export function useShortcutSwitch(): [isOn: boolean, set: (isOn: boolean) => void] {
  const [stored, store] = useStoredChoice("claimdesk.shortcuts");
  return [stored !== "off", (isOn) => store(isOn ? "on" : "off")];
}

/** Handlers by key: letters in lower case, and names such as "ArrowDown" and "Enter". */
type Shortcuts = Partial<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Runs single-key shortcuts while the component is mounted and the person has them on. Ignores keys with a modifier,
 * keys typed into a field, and every key while a menu or dialog is open.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const [isOn] = useShortcutSwitch();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isTakenElsewhere(event.target)) return;
    shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.(event);
  });
  useEffect(() => {
    if (!isOn) return;
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn]);
}

function isTakenElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open], [role=menu]")) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=textbox]") !== null)
  );
}
