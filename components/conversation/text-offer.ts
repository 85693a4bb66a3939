"use client";
import { useEffect, useEffectEvent } from "react";

/** Who listens: one reply form for each ticket on the page. */
const forms = new EventTarget();

/** A reply's text, to be sent as a new reply, since the address `dead` was corrected. */
export type TextOffer = { text: string; dead: string };

/** Offers a text to the reply form of the ticket, which takes the focus. False if it keeps the draft that it has. */
export function offerText(threadId: string, offer: TextOffer): boolean {
  return forms.dispatchEvent(new CustomEvent(threadId, { detail: offer, cancelable: true }));
}

/** Calls `take` with each text that is offered to this ticket's reply form; it returns false if it does not take it. */
export function useTextOffer(threadId: string, take: (offer: TextOffer) => boolean): void {
  const hear = useEffectEvent((event: Event) => {
    // Only `offerText` dispatches here.
    if (!take((event as CustomEvent<TextOffer>).detail)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: Event) => hear(event);
    forms.addEventListener(threadId, listener);
    return () => forms.removeEventListener(threadId, listener);
  }, [threadId]);
}
