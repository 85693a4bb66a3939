"use client";
import type { ReactNode } from "react";
import { fetchTickets } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useCounts } from "@/components/client/use-counts";
import { usePages } from "@/components/client/use-pages";
import { ButtonLink } from "@/components/ui/Button";
import { AllSettled, EmptyState } from "@/components/ui/EmptyState";
import { useNow } from "@/components/ui/Now";
import { longAge } from "@/components/ui/times";
import { patchList } from "./patch-list";
import { listPath, pageHref, type View } from "./ticket-paths";

/** Shown if no ticket is unassigned. */
export function NobodyWaiting() {
  return (
    <EmptyState title="Nobody is waiting" picture={<AllSettled />}>
      Every ticket has an assignee. New tickets appear here.
    </EmptyState>
  );
}

/** Shown if the member has no open ticket: leads to the unassigned ones. */
export function CaughtUp() {
  const first = useFirstUnclaimed();
  const { counts } = useCounts();
  const now = useNow();
  const isAnyUnclaimed = Boolean(counts?.unassigned) && first !== undefined;
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
          {counts?.unassigned} {counts?.unassigned === 1 ? "is" : "are"} unclaimed
          {first.waitingSince !== null &&
            `; the first one has waited ${longAge(now - Date.parse(first.waitingSince))}`}
          .
        </>
      )}
    </EmptyState>
  );
}

/** Shown before the first mail. */
export function NoTickets() {
  return (
    <EmptyState title="No tickets yet">
      The first mail from a customer becomes the first ticket, and appears here.
    </EmptyState>
  );
}

/** Shown if a filter leaves nothing of a list. */
export function NothingMatches({ view, filterText }: { view: View; filterText: string }) {
  return <FilteredOut clearHref={pageHref(view)}>{filterText}</FilteredOut>;
}

/** Like `NothingMatches`, for a list that is no list of tickets. */
export function FilteredOut({ clearHref, children }: { clearHref: string; children: ReactNode }) {
  return (
    <EmptyState
      title="Nothing matches these filters"
      action={
        <ButtonLink href={clearHref} size="auto">
          Clear filters
        </ButtonLink>
      }
    >
      {children}
    </EmptyState>
  );
}

function useFirstUnclaimed() {
  const reader = useMember().id;
  const { loaded } = usePages(`${listPath("unassigned", {})}?limit=1`, {
    initial: undefined,
    readAt: undefined,
    fetchPage: fetchTickets,
    itemsOf: ({ tickets }) => tickets,
    apply: (before, changes) => patchList({ view: "unassigned", filter: {}, reader }, before, changes),
    rowsMin: 1,
  });
  return loaded?.items[0];
}
