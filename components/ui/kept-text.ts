"use client";
import { useStored, writeStored, type KeptIn } from "./stored-choice";

/** Text that somebody has written and not sent: the one kept by this name, "" if there is none, and a setter; "" forgets it. */
export function useKeptText(name: string, keptIn: KeptIn = "browser"): [string, (text: string) => void] {
  const text = useStored(name, keptIn) ?? "";
  return [text, (next) => writeStored(name, next === "" ? null : next, keptIn)];
}
