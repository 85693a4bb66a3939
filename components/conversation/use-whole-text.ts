"use client";
import { useState } from "react";
import { fetchMessageText } from "@/components/client/desk-api";
import type { MessageTextResponse } from "@/lib/api/contracts";
import type { TicketMessage } from "@/lib/api/vocabulary";

export type WholeText = MessageTextResponse & {
  isClipped: boolean;
  state: "unasked" | "reading" | "failed" | "shown";
  read: () => Promise<void>;
};

/** The text of `message`: its beginning if that is all the message has, until `read` has read the whole. */
export function useWholeText(message: TicketMessage): WholeText {
  const [state, setState] = useState<"unasked" | "reading" | "failed">("unasked");
  const [whole, setWhole] = useState<MessageTextResponse | null>(null);

  async function read() {
    setState("reading");
    try {
      setWhole(await fetchMessageText(message._id));
    } catch {
      setState("failed");
    }
  }

  if (!message.isClipped || !whole) {
    const { text, visibleText, isClipped } = message;
    return { text, visibleText, isClipped, state, read };
  }
  return { ...whole, isClipped: false, state: "shown", read };
}
