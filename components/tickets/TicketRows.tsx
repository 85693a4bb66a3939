"use client";
import type { ComponentProps, ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { ListFrame } from "@/components/ui/ListFrame";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { GroupHeading } from "./GroupHeading";
import { KeyHints } from "./KeyHints";
import { isNewTo, useSeen } from "./seen";
import type { Row } from "./settle-rows";
import type { View } from "./ticket-paths";
import { TicketRow } from "./TicketRow";
import { useListKeys } from "./use-list-keys";
import { useTicketRows } from "./use-ticket-rows";

const NAMES: Record<View, string> = {
  unassigned: "Unassigned tickets",
  mine: "My tickets",
  all: "All tickets",
};

type Props = {
  view: View;
  path: string;
  tickets: TicketSummary[];
  /** Shown if there are no rows. */
  empty: ReactNode;
  more: ComponentProps<typeof ListFrame>["more"];
};

const ORDERS: Record<View, string> = {
  unassigned: "Oldest first",
  mine: "Latest first",
  all: "Latest first",
};

/** The rows of a list: frozen under the pointer and the keyboard, up to date otherwise. */
export function TicketRows({ view, path, tickets, empty, more }: Props) {
  const member = useMember();
  const seen = useSeen(member.id);
  const { rows, waiting, isAiming, drop, showWaiting, scrollHandlers, pointerHandlers } = useTicketRows(
    path,
    tickets,
    member.id,
  );
  const inLook = rows.filter(({ isInLook }) => isInLook);
  const others = rows.filter(({ isInLook }) => !isInLook);
  const { list, currentId, reach, handFocusOn } = useListKeys(rows.map(({ ticket }) => ticket._id));
  const rowOf = (row: Row) => (
    <TicketRow
      key={row.ticket._id}
      row={row}
      view={view}
      isCurrent={row.ticket._id === currentId}
      isNew={isNewTo(member.id, row.ticket, seen)}
      isFrozen={isAiming}
      onReached={() => reach(row.ticket._id)}
      onGone={() => {
        handFocusOn(row.ticket._id);
        drop(row.ticket._id);
      }}
    />
  );
  return (
    <>
      <ListFrame scrollHandlers={scrollHandlers} waiting={waiting} onShowWaiting={showWaiting} more={more}>
        {rows.length === 0 && empty}
        <ul ref={list} {...pointerHandlers} aria-label={NAMES[view]} className="empty:hidden">
          {/* One list of keyed children, so that a row keeps its state when it goes to the other group. */}
          {[
            inLook.length > 0 && <GroupHeading key="look" {...lookGroup(inLook, others, more !== null)} />,
            ...inLook.map(rowOf),
            inLook.length > 0 && others.length > 0 && (
              <GroupHeading key="others" name="Everything else" order={ORDERS[view]} />
            ),
            ...others.map(rowOf),
          ]}
        </ul>
      </ListFrame>
      {rows.length > 0 && <KeyHints view={view} />}
    </>
  );
}

/** The count ends in "+" while there are more of the group than are loaded. */
function lookGroup(inLook: Row[], others: Row[], hasMore: boolean) {
  const present = inLook.filter(({ isMissing }) => !isMissing).length;
  const count = `${present}${hasMore && others.length === 0 ? "+" : ""}`;
  return { name: "Needs a look", count, order: "Oldest first" };
}
