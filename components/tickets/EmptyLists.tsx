"use client";
import useSWR from "swr";
import { isOfTickets, useReadOnChange } from "@/components/client/Live";
import { fetchTickets } from "@/components/client/desk-api";
import { useCounts } from "@/components/client/use-counts";
import { ButtonLink } from "@/components/ui/Button";
import { AllSettled, EmptyState } from "@/components/ui/EmptyState";
import { useNow } from "@/components/ui/Now";
import { longAge } from "@/components/ui/times";
import type { TicketListResponse } from "@/lib/api/contracts";
import { listPath, pageHref, type View } from "./ticket-paths";

/** Unassigned, with nothing in it. */
export function NobodyWaiting() {
  return (
    <EmptyState title="Nobody is waiting" picture={<AllSettled />}>
      Every ticket has an owner. New ones appear here.
    </EmptyState>
  );
}

/** Mine, with nothing to do: what else there is to do. */
export function CaughtUp() {
  const oldest = useOldestUnclaimed();
  const { counts } = useCounts();
  const now = useNow();
  const isAnyUnclaimed = Boolean(counts?.unassigned) && oldest !== undefined;
  return (
    <EmptyState
      title="You’re all caught up"
      picture={<AllSettled />}
      action={
        isAnyUnclaimed && (
          <ButtonLink href={pageHref("unassigned")} variant="solid" size="big" className="max-md:h-(--touch)">
            Go to Unassigned
          </ButtonLink>
        )
      }
    >
      No ticket is waiting for you.
      {isAnyUnclaimed && (
        <>
          <br />
          {counts?.unassigned} {counts?.unassigned === 1 ? "is" : "are"} unclaimed; the oldest has waited{" "}
          {longAge(now - Date.parse(oldest.receivedAt))}.
        </>
      )}
    </EmptyState>
  );
}

/** All, before the first mail. */
export function NoTickets() {
  return (
    <EmptyState title="No tickets yet">
      The first mail from a customer becomes the first ticket, and appears here.
    </EmptyState>
  );
}

/** A list that a filter has emptied. */
export function NothingMatches({ view, filterText }: { view: View; filterText: string }) {
  return (
    <EmptyState
      title="Nothing matches these filters"
      action={
        <ButtonLink href={pageHref(view)} size="auto">
          Clear filters
        </ButtonLink>
      }
    >
      {filterText}
    </EmptyState>
  );
}

function useOldestUnclaimed() {
  const path = `${listPath("unassigned", {})}?limit=1`;
  const { data, mutate } = useSWR<TicketListResponse>(path, () => fetchTickets(path));
  useReadOnChange(isOfTickets, () => void mutate());
  return data?.tickets[0];
}
