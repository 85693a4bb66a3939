"use client";
import { useSyncExternalStore } from "react";

// Text that somebody has written and not sent, kept in this browser. If its storage is blocked, it lasts as long as the page.

/** `browser` keeps the text until it is sent, for all tabs; `tab` until the tab is closed. */
export type KeptIn = "browser" | "tab";

const fallback = new Map<string, string>();
const listeners = new Set<() => void>();

/** The text kept by this name, "" if there is none, and a function that keeps another; "" forgets it. */
export function useKeptText(name: string, keptIn: KeptIn = "browser"): [string, (text: string) => void] {
  const text = useSyncExternalStore(
    subscribe,
    () => read(name, keptIn),
    () => "",
  );
  return [text, (next) => write(name, keptIn, next)];
}

function storageOf(keptIn: KeptIn): Storage {
  return keptIn === "browser" ? window.localStorage : window.sessionStorage;
}

function read(name: string, keptIn: KeptIn): string {
  const unstored = fallback.get(name);
  if (unstored !== undefined) return unstored;
  try {
    return storageOf(keptIn).getItem(name) ?? "";
  } catch {
    return "";
  }
}

function write(name: string, keptIn: KeptIn, text: string): void {
  fallback.delete(name);
  try {
    if (text === "") storageOf(keptIn).removeItem(name);
    else storageOf(keptIn).setItem(name, text);
  } catch {
    fallback.set(name, text);
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
