"use client";
import { useSyncExternalStore } from "react";

// Choices and texts kept in this browser. If its storage is blocked, they last as long as the page.

/** `browser` keeps a value for all tabs; `tab` until the tab is closed. */
export type KeptIn = "browser" | "tab";

const fallback = new Map<string, string>();
const listeners = new Set<() => void>();

function storageOf(keptIn: KeptIn): Storage {
  return keptIn === "browser" ? window.localStorage : window.sessionStorage;
}

export function readStored(name: string, keptIn: KeptIn = "browser"): string | null {
  const unstored = fallback.get(name);
  if (unstored !== undefined) return unstored;
  try {
    return storageOf(keptIn).getItem(name);
  } catch {
    return null;
  }
}

/** Null forgets the value. */
export function writeStored(name: string, value: string | null, keptIn: KeptIn = "browser"): void {
  fallback.delete(name);
  try {
    if (value === null) storageOf(keptIn).removeItem(name);
    else storageOf(keptIn).setItem(name, value);
  } catch {
    if (value !== null) fallback.set(name, value);
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** The stored value; null on the server and if none is stored. */
export function useStored(name: string, keptIn: KeptIn = "browser"): string | null {
  return useSyncExternalStore(
    subscribe,
    () => readStored(name, keptIn),
    () => null,
  );
}

/** The stored value and a setter that updates every tab. */
export function useStoredChoice(name: string): [string | null, (value: string) => void] {
  return [useStored(name), (next) => writeStored(name, next)];
}
