"use client";
import { useEffect, useEffectEvent } from "react";

/** Who listens: one reply form for each ticket on the page. */
const forms = new EventTarget();

/** Asks the reply form of the ticket to have this address corrected. */
export function correctRecipient(threadId: string, address: string): void {
  forms.dispatchEvent(new CustomEvent(threadId, { detail: address }));
}

/** Calls `correct` when somebody wants to correct an address in this ticket's reply form. */
export function useCorrection(threadId: string, correct: (address: string) => void): void {
  const hear = useEffectEvent((event: Event) => {
    if (event instanceof CustomEvent) correct(String(event.detail));
  });
  useEffect(() => {
    const listener = (event: Event) => hear(event);
    forms.addEventListener(threadId, listener);
    return () => forms.removeEventListener(threadId, listener);
  }, [threadId]);
}
