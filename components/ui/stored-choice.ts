"use client";
import { useSyncExternalStore } from "react";

// Choices kept in this browser's localStorage. If it is blocked, a choice lasts as long as the page.

const fallback = new Map<string, string>();
const listeners = new Set<() => void>();

export function readStored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

export function writeStored(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    fallback.set(name, value);
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

/** The stored value (null on the server and if none is stored) and a setter that updates every tab. */
export function useStoredChoice(name: string): [string | null, (value: string) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => readStored(name),
    () => null,
  );
  return [value, (next) => writeStored(name, next)];
}
