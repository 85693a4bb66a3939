"use client";
import { usePathname } from "next/navigation";
import { useEffect, useMemo } from "react";
import { z } from "zod";
import { serverNow } from "@/components/ui/server-clock";
import { readStored, useStoredChoice, writeStored } from "@/components/ui/stored-choice";
import { needsLook, type TicketSummary } from "@/lib/api/vocabulary";

// Which tickets a member has looked at in this browser. Only the look of a row depends on it.

/** `since`: when this browser began to count; older mail is not new. `at`: the last look at each ticket. ISO 8601. */
const Seen = z.object({ since: z.string(), at: z.record(z.string(), z.string()) });
type Seen = z.infer<typeof Seen>;

const KEPT_MAX = 300;

function readSeen(stored: string | null): Seen | null {
  try {
    return Seen.safeParse(JSON.parse(stored ?? "null")).data ?? null;
  } catch {
    return null;
  }
}

/** Adds a look at `threadId`. Keeps the newest 300 looks. */
function withLook(seen: Seen | null, threadId: string, now: string): Seen {
  const looks = Object.entries({ ...seen?.at, [threadId]: now }).sort(([, a], [, b]) => b.localeCompare(a));
  return { since: seen?.since ?? now, at: Object.fromEntries(looks.slice(0, KEPT_MAX)) };
}

/**
 * True if the customer wrote, something else began to need a look, or somebody gave it to the member, since the member last
 * looked at the ticket, which is unassigned or the member's own.
 */
export function isNewTo(memberId: string, ticket: TicketSummary, seen: Seen | null): boolean {
  if (!seen || (ticket.assignedTo !== null && ticket.assignedTo !== memberId)) return false;
  const lastLook = seen.at[ticket._id] ?? seen.since;
  if (ticket.lastInboundAt > lastLook) return true;
  if (ticket.handover && ticket.assignedTo === memberId && ticket.handover.at > lastLook) return true;
  return ticket.attention !== null && needsLook(ticket) && ticket.attention.at > lastLook;
}

export function useSeen(memberId: string): Seen | null {
  const [stored] = useStoredChoice(keyOf(memberId));
  return useMemo(() => readSeen(stored), [stored]);
}

/** Records a look at the ticket whose page is open: when the page opens and when it is left. */
export function useNoteLooks(memberId: string): void {
  const threadId = /^\/dashboard\/tickets\/([0-9a-f]{24})$/.exec(usePathname() ?? "")?.[1];
  useEffect(() => {
    const key = keyOf(memberId);
    const now = () => new Date(serverNow()).toISOString();
    const seen = () => readSeen(readStored(key));
    const look = (id: string) => writeStored(key, JSON.stringify(withLook(seen(), id, now())));

    if (!seen()) writeStored(key, JSON.stringify({ since: now(), at: {} } satisfies Seen));
    if (!threadId) return;
    look(threadId);
    return () => look(threadId);
  }, [memberId, threadId]);
}

function keyOf(memberId: string): string {
  return `claimdesk.seen.${memberId}`;
}
