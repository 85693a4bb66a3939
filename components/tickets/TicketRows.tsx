"use client";
import { useEffect, useEffectEvent, useRef, type ComponentProps, type ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { ListFrame } from "@/components/ui/ListFrame";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { NarrowActs } from "./bulk/NarrowActs";
import { SelectionBar, selectionText } from "./bulk/SelectionBar";
import { useChoosing } from "./bulk/use-choosing";
import type { SelectionActs } from "./bulk/use-selection-acts";
import { GroupHeading } from "./GroupHeading";
import { KeyHints } from "./KeyHints";
import { isNewTo, useSeen } from "./seen";
import type { Row } from "./settle-rows";
import type { TicketFilter, View } from "./ticket-paths";
import { TicketRow } from "./TicketRow";
import { useListKeys } from "./use-list-keys";
import { useTicketRows } from "./use-ticket-rows";

const NAMES: Record<View, string> = {
  unassigned: "Unassigned tickets",
  mine: "My tickets",
  all: "All tickets",
};

type Props = {
  list: { view: View; filter: TicketFilter };
  path: string;
  tickets: TicketSummary[];
  /** Shown if there are no rows. */
  empty: ReactNode;
  more: ComponentProps<typeof ListFrame>["more"];
  /** The rows have every change until this time of the server's, in milliseconds. */
  completeUntil: () => number;
};

const ORDERS: Record<View, string> = {
  unassigned: "Oldest first",
  mine: "Latest first",
  all: "Latest first",
};

/** The rows of a list: frozen under the pointer and the keyboard, up to date otherwise; with their selection. */
export function TicketRows({ list, path, tickets, empty, more, completeUntil }: Props) {
  const { view } = list;
  const { rows, waiting, isAiming, drop, showWaiting, scrollHandlers, pointerHandlers } = useTicketRows(
    path,
    tickets,
    useMember().id,
  );
  const order = rows.map(({ ticket }) => ticket._id);
  const choosing = useChoosing({ list, rows, hasMore: more !== null, completeUntil });
  const { acts, extent, select } = choosing;
  const {
    list: listRef,
    currentId,
    reach,
    handFocusOn,
    isHandingOn,
    focusOnCurrent,
  } = useListKeys(order, {
    onSelect: select,
    selected: choosing.keys,
  });
  const { isOn } = acts.selection;
  useFocusAfter(acts, focusOnCurrent);
  return (
    <>
      {isOn && (
        <SelectionBar {...{ view, extent, acts, order: choosing.order }} onFocusLost={focusOnCurrent} />
      )}
      <p role="status" className="sr-only">
        {isOn && selectionText(acts, extent)}
      </p>
      <ListFrame scrollHandlers={scrollHandlers} waiting={waiting} onShowWaiting={showWaiting} more={more}>
        {rows.length === 0 && empty}
        <ul
          ref={listRef}
          {...pointerHandlers}
          aria-label={NAMES[view]}
          data-selecting={isOn}
          data-selectable={select ? "" : undefined}
          className="group/list empty:hidden group-has-data-job-strip/desk:mb-40"
        >
          <GroupedRows
            {...{ view, rows, acts, select, hasMore: more !== null, isFrozen: isAiming }}
            {...{ currentId, reach, handFocusOn, isHandingOn, drop }}
          />
        </ul>
      </ListFrame>
      {rows.length > 0 && <KeyHints view={view} isSelecting={isOn} />}
      {isOn && <NarrowActs acts={acts} />}
      {acts.dialogs}
    </>
  );
}

/** Once an act on many tickets begins or is over, the focus of its button or dialog goes to the list, if nothing else has it. */
function useFocusAfter({ pending, selection: { isOn } }: SelectionActs, focusOnCurrent: () => void) {
  const before = useRef({ pending, isOn });
  const handOn = useEffectEvent(focusOnCurrent);
  useEffect(() => {
    const { current: was } = before;
    before.current = { pending, isOn };
    const isOver = was.pending !== pending || (was.isOn && !isOn);
    if (isOver && document.activeElement === document.body) handOn();
  }, [pending, isOn]);
}

type GroupedProps = {
  view: View;
  rows: Row[];
  acts: SelectionActs;
  select: ReturnType<typeof useChoosing>["select"];
  hasMore: boolean;
  isFrozen: boolean;
  drop: (threadId: string) => void;
} & Pick<ReturnType<typeof useListKeys>, "currentId" | "reach" | "handFocusOn" | "isHandingOn">;

/** The rows under their headings: one list of keyed children, so that a row keeps its state in the other group. */
function GroupedRows({ view, rows, acts, select, hasMore, isFrozen, drop, ...keys }: GroupedProps) {
  const member = useMember();
  const seen = useSeen(member.id);
  const { selection, bulk } = acts;
  const inLook = rows.filter(({ isInLook }) => isInLook);
  const others = rows.filter(({ isInLook }) => !isInLook);
  const rowOf = (row: Row) => {
    const { _id: id } = row.ticket;
    return (
      <TicketRow
        key={id}
        {...{ row, view, isFrozen }}
        isCurrent={id === keys.currentId}
        isNew={isNewTo(member.id, row.ticket, seen)}
        selecting={
          select && {
            isAny: selection.isOn,
            isSelected: selection.ids.has(id),
            onToggle: (isRange) => {
              keys.reach(id);
              select(id, isRange);
            },
          }
        }
        outcome={bulk.outcomeOf(id)}
        onLook={() => !keys.isHandingOn() && bulk.look(id)}
        onForget={() => bulk.forget(id)}
        onReached={() => keys.reach(id)}
        onGone={() => {
          keys.handFocusOn(id);
          drop(id);
        }}
      />
    );
  };
  return [
    inLook.length > 0 && <GroupHeading key="look" {...lookGroup(inLook, others, hasMore)} />,
    ...inLook.map(rowOf),
    inLook.length > 0 && others.length > 0 && (
      <GroupHeading key="others" name="Everything else" order={ORDERS[view]} />
    ),
    ...others.map(rowOf),
  ];
}

/** The count ends in "+" while there are more of the group than are loaded. */
function lookGroup(inLook: Row[], others: Row[], hasMore: boolean) {
  const present = inLook.filter(({ isMissing }) => !isMissing).length;
  const count = `${present}${hasMore && others.length === 0 ? "+" : ""}`;
  // None while the last of its rows tells why it leaves.
  return { name: "Needs a look", ...(present > 0 && { count }), order: "Oldest first" };
}
