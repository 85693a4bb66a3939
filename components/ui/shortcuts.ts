"use client";
import { useEffect, useEffectEvent } from "react";
import { useStoredChoice } from "./stored-choice";

/** Whether single-key shortcuts are on, and a setter (WCAG 2.1.4). On by default. */
export function useShortcutSwitch(): [isOn: boolean, set: (isOn: boolean) => void] {
  const [stored, store] = useStoredChoice("claimdesk.shortcuts");
  return [stored !== "off", (isOn) => store(isOn ? "on" : "off")];
}

/** Handlers by key: letters in lower case, names such as "ArrowDown" and "Enter", and "Shift+x". */
type Shortcuts = Partial<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Runs single-key shortcuts while the component is mounted and the person has them on. Ignores keys with a modifier
 * other than Shift, keys typed into a field, and every key while a menu or dialog is open.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const [isOn] = useShortcutSwitch();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTakenElsewhere(event.target)) return;
    shortcuts[nameOf(event)]?.(event);
  });
  useEffect(() => {
    if (!isOn) return;
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [isOn]);
}

function nameOf({ key, shiftKey }: KeyboardEvent): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  return shiftKey ? `Shift+${name}` : name;
}

/** A checkbox takes no letters, so that the keys work also after a click on one. */
const FIELDS = "input:not([type=checkbox]), textarea, select, [role=textbox]";

function isTakenElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open], [role=menu]")) return true;
  return target instanceof HTMLElement && (target.isContentEditable || target.closest(FIELDS) !== null);
}
