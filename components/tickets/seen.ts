"use client";
import { usePathname } from "next/navigation";
import { useEffect, useMemo } from "react";
import { readStored, useStoredChoice, writeStored } from "@/components/ui/stored-choice";
import type { TicketSummary } from "@/lib/api/vocabulary";

// What this person has read, in this browser. Only a help for the eye: nothing is decided by it.

/** When this browser began to count (what is older is not new), and when each ticket was last looked at; ISO 8601. */
export type Seen = { since: string; at: Record<string, string> };

const KEPT_MAX = 300;

export function readSeen(stored: string | null): Seen | null {
  try {
    const seen: unknown = JSON.parse(stored ?? "null");
    return isSeen(seen) ? seen : null;
  } catch {
    return null;
  }
}

/** `seen` with a look at `threadId`. The oldest looks are forgotten beyond 300. */
export function withLook(seen: Seen | null, threadId: string, now: string): Seen {
  const looks = Object.entries({ ...seen?.at, [threadId]: now }).sort(([, a], [, b]) => b.localeCompare(a));
  return { since: seen?.since ?? now, at: Object.fromEntries(looks.slice(0, KEPT_MAX)) };
}

/** True where the customer wrote since this person last looked, on a ticket that is theirs or nobody's. */
export function isNewTo(memberId: string, ticket: TicketSummary, seen: Seen | null): boolean {
  if (!seen || (ticket.assignedTo !== null && ticket.assignedTo !== memberId)) return false;
  return ticket.lastInboundAt > (seen.at[ticket._id] ?? seen.since);
}

export function useSeen(memberId: string): Seen | null {
  const [stored] = useStoredChoice(keyOf(memberId));
  return useMemo(() => readSeen(stored), [stored]);
}

/** Notes a look at the ticket whose page is open, when it opens and when it is left. */
export function useNoteLooks(memberId: string): void {
  const threadId = /^\/dashboard\/tickets\/([0-9a-f]{24})$/.exec(usePathname() ?? "")?.[1];
  useEffect(() => {
    const key = keyOf(memberId);
    const seen = () => readSeen(readStored(key));
    const look = (id: string) =>
      writeStored(key, JSON.stringify(withLook(seen(), id, new Date().toISOString())));

    if (!seen()) writeStored(key, JSON.stringify({ since: new Date().toISOString(), at: {} } satisfies Seen));
    if (!threadId) return;
    look(threadId);
    return () => look(threadId);
  }, [memberId, threadId]);
}

function keyOf(memberId: string): string {
  return `claimdesk.seen.${memberId}`;
}

function isSeen(value: unknown): value is Seen {
  return (
    typeof value === "object" &&
    value !== null &&
    "since" in value &&
    typeof value.since === "string" &&
    "at" in value &&
    typeof value.at === "object" &&
    value.at !== null &&
    Object.values(value.at).every((at) => typeof at === "string")
  );
}
