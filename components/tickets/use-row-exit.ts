"use client";
import { useEffect, useEffectEvent, useState } from "react";
import useSWR from "swr";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { otherAssignee, type Assignment } from "@/lib/api/vocabulary";
import type { Row } from "./settle-rows";
import type { View } from "./ticket-paths";
import type { Claim } from "./use-claim";

/** How long a row shows what became of its ticket, in milliseconds. */
const TELL_MS = 4_000;
/** As long as `--leave` in the styles: the row fades, then closes. */
const LEAVE_MS = 260;

type Options = { row: Row; view: View; claim: Claim; isFrozen: boolean; onGone: () => void };

/**
 * A row that left the list stays for 4 s with the outcome of a claim made here, or with the name of the member who
 * claimed it elsewhere. It leaves only while nobody aims at the list, and stays if its ticket comes back.
 */
export function useRowExit({ row, view, claim, isFrozen, onGone }: Options) {
  const [isTold, setIsTold] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const { step } = claim.state;
  const isSettled = row.isMissing && step === "idle";
  const { isKnown, other } = useOtherAssignee(row.ticket._id, isSettled && !isTold && view === "unassigned");

  const isTelling = step === "won" || step === "lost" || step === "refused" || other !== null;
  const finishTelling = useEffectEvent(() => {
    setIsTold(true);
    claim.reset();
  });
  useEffect(() => {
    if (!isTelling) return;
    const timer = setTimeout(finishTelling, TELL_MS);
    return () => clearTimeout(timer);
  }, [isTelling]);

  const isDone = isSettled && (isTold || (isKnown && other === null));
  if (isDone && !isFrozen && !isLeaving) setIsLeaving(true);
  if (!isDone && isLeaving) setIsLeaving(false);
  if (!row.isMissing && isTold && step === "idle") setIsTold(false);

  const leave = useEffectEvent(onGone);
  useEffect(() => {
    if (!isLeaving) return;
    const timer = setTimeout(leave, LEAVE_MS);
    return () => clearTimeout(timer);
  }, [isLeaving]);

  return { isLeaving, claimedBy: other };
}

/** Who else took a ticket out of the list, asked for once; null if nobody holds it, or the reader. */
function useOtherAssignee(
  threadId: string,
  isAsked: boolean,
): { isKnown: boolean; other: Assignment | null } {
  const member = useMember();
  const { data, error, isValidating } = useSWR<TicketDetailResponse>(
    isAsked ? ticketPath(threadId) : null,
    () => fetchTicket(threadId),
    { refreshInterval: 0, revalidateOnFocus: false, shouldRetryOnError: false },
  );
  if (!isAsked) return { isKnown: true, other: null };
  const isKnown = !isValidating && (data !== undefined || error !== undefined);
  return { isKnown, other: isKnown && data ? otherAssignee(data.ticket, member.id) : null };
}
