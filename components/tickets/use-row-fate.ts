"use client";
import { useEffect, useEffectEvent, useState } from "react";
import useSWR from "swr";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { Assignment, Ticket } from "@/lib/api/vocabulary";
import type { Row } from "./settle-rows";
import type { View } from "./ticket-paths";
import type { Claim } from "./use-claim";

/** How long a row says what became of it, in milliseconds. */
export const TELL_MS = 4_000;
/** As long as `--leave`: the row fades, then gives its height back. */
const LEAVE_MS = 260;

type Options = { row: Row; view: View; claim: Claim; isFrozen: boolean; onGone: () => void };

/**
 * What a row still has to say before it goes: the outcome of a claim made here, or who claimed it elsewhere. It goes
 * only while nobody is aiming at the list, and stays if its ticket comes back.
 */
export function useRowFate({ row, view, claim, isFrozen, onGone }: Options) {
  const [isTold, setIsTold] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const { step } = claim.state;
  const isSettled = row.isMissing && step === "idle";
  const seat = useSeat(row.ticket._id, isSettled && !isTold && view === "unassigned");
  const holder = isSettled && !isTold ? seat.holder : null;

  const isTelling = step === "won" || step === "lost" || step === "refused" || holder !== null;
  const finishTelling = useEffectEvent(() => {
    setIsTold(true);
    claim.reset();
  });
  useEffect(() => {
    if (!isTelling) return;
    const timer = setTimeout(finishTelling, TELL_MS);
    return () => clearTimeout(timer);
  }, [isTelling]);

  const isDone = isSettled && (isTold || (seat.isKnown && holder === null));
  if (isDone && !isFrozen && !isLeaving) setIsLeaving(true);
  if (!isDone && isLeaving) setIsLeaving(false);
  if (!row.isMissing && isTold && step === "idle") setIsTold(false);

  const leave = useEffectEvent(onGone);
  useEffect(() => {
    if (!isLeaving) return;
    const timer = setTimeout(leave, LEAVE_MS);
    return () => clearTimeout(timer);
  }, [isLeaving]);

  return { isLeaving, claimedBy: holder };
}

/** Who holds a ticket that somebody just took out of the list, asked once; null where nobody else does. */
function useSeat(threadId: string, isAsked: boolean): { isKnown: boolean; holder: Assignment | null } {
  const member = useMember();
  const { data, error, isValidating } = useSWR<TicketDetailResponse>(
    isAsked ? ticketPath(threadId) : null,
    () => fetchTicket(threadId),
    { refreshInterval: 0, revalidateOnFocus: false, shouldRetryOnError: false },
  );
  if (!isAsked) return { isKnown: true, holder: null };
  const isKnown = !isValidating && (data !== undefined || error !== undefined);
  return { isKnown, holder: isKnown && data ? otherAssignee(data.ticket, member.id) : null };
}

function otherAssignee(ticket: Ticket, memberId: string): Assignment | null {
  const { assignedTo, assignedToEmail, assignedToName, claimedAt } = ticket;
  if (!assignedTo || assignedTo === memberId || !claimedAt) return null;
  return {
    assignedTo,
    assignedToEmail: assignedToEmail ?? "",
    assignedToName: assignedToName ?? assignedToEmail ?? assignedTo,
    claimedAt,
  };
}
