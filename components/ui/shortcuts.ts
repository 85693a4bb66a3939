"use client";
import { useEffect, useEffectEvent } from "react";
import { useStoredChoice } from "./stored-choice";

/** Whether single keys act, and the switch for it (WCAG 2.1.4). On unless the person turned them off. */
export function useShortcutSwitch(): [isOn: boolean, set: (isOn: boolean) => void] {
  const [stored, store] = useStoredChoice("claimdesk.shortcuts");
  return [stored !== "off", (isOn) => store(isOn ? "on" : "off")];
}

/** Letters in lower case, and names such as "ArrowDown" and "Enter", to what they do. */
type Shortcuts = Partial<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Single keys that act while this component stands: only without a modifier, with no field, menu or dialog holding
 * the focus, and only while the person has them switched on.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const [isOn] = useShortcutSwitch();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isBusyElsewhere(event.target)) return;
    shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.(event);
  });
  useEffect(() => {
    if (!isOn) return;
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn]);
}

function isBusyElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open], [role=menu]")) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=textbox]") !== null)
  );
}
