"use client";
import { useEffect, useEffectEvent, useState } from "react";
import useSWR from "swr";
import { fetchTicketAlone, ticketPath } from "@/components/client/desk-api";
import { useIsPolling } from "@/components/client/Live";
import { useMember } from "@/components/client/Member";
import { otherAssignee, type Assignment, type TicketSummary } from "@/lib/api/vocabulary";
import type { Row } from "./settle-rows";
import type { View } from "./ticket-paths";
import type { Claim } from "./use-claim";

/** How long a row shows what became of its ticket, in milliseconds. */
const TELL_MS = 4_000;
/** As long as `--leave` in the styles: the row fades, then closes. */
const LEAVE_MS = 260;

type Options = {
  row: Row;
  view: View;
  claim: Claim;
  /** The outcome of an act on many tickets, if the row has one: whether its time is running, and how it is forgotten. */
  bulk: { isTelling: boolean; forget: () => void } | null;
  isFrozen: boolean;
  onGone: () => void;
};

/**
 * A row that left the list stays for 4 s with the outcome of a claim made here, or with the name of the member who
 * claimed it elsewhere; likewise with the outcome of an act on many tickets. It leaves only while nobody aims at the
 * list, and stays if its ticket comes back.
 */
export function useRowExit({ row, view, claim, bulk, isFrozen, onGone }: Options) {
  const [isTold, setIsTold] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const { step } = claim.state;
  const isSettled = row.isMissing && step === "idle" && bulk === null;
  const isClaimedElsewhere = isSettled && !isTold && view === "unassigned";
  const { isKnown, other } = useOtherAssignee(row.ticket, isClaimedElsewhere);

  const isClaimTold = step === "won" || step === "lost" || step === "refused" || other !== null;
  const isTelling = isClaimTold || (bulk?.isTelling ?? false);
  const finishTelling = useEffectEvent(() => {
    setIsTold(true);
    claim.reset();
    bulk?.forget();
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

/**
 * Who else took a ticket out of the list; null if nobody holds it, or the reader. The stream's row tells it. Without the
 * stream the ticket, but not its conversation, is asked for once.
 */
function useOtherAssignee(
  ticket: TicketSummary,
  isAsked: boolean,
): { isKnown: boolean; other: Assignment | null } {
  const member = useMember();
  const isPolling = useIsPolling();
  const told = isAsked ? otherAssignee(ticket, member.id) : null;
  const { data, error, isValidating } = useSWR<TicketSummary>(
    isAsked && isPolling && told === null ? [ticketPath(ticket._id), "alone"] : null,
    async () => (await fetchTicketAlone(ticket._id)).ticket,
    { refreshInterval: 0, revalidateOnFocus: false, revalidateOnMount: true, shouldRetryOnError: false },
  );
  if (!isAsked || told !== null || !isPolling) return { isKnown: true, other: told };
  const isKnown = !isValidating && (data !== undefined || error !== undefined);
  return { isKnown, other: isKnown && data ? otherAssignee(data, member.id) : null };
}
