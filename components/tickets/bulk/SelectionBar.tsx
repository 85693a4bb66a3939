"use client";
import { useRef, type MouseEvent, type ReactNode } from "react";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { useFocusLeft } from "@/components/ui/use-focus-left";
import { BULK_MAX } from "@/lib/api/contracts";
import { countText } from "./bulk-words";
import { Checkbox } from "./Checkbox";
import { needsJob, matchingText, selectMatchingText, selectShownText, type Extent } from "./matching";
import { isNothingOffered } from "./offered-acts";
import { StatusOfMany } from "./StatusOfMany";
import type { SelectionActs } from "./use-selection-acts";
import type { View } from "@/components/tickets/ticket-paths";

/** As high as the row whose place it takes. */
const HEIGHTS: Record<View, string> = {
  unassigned: "h-14 max-md:h-13",
  mine: "h-11 max-md:h-(--touch)",
  all: "h-11 max-md:h-14",
};

export const NOTHING_OFFERED = "Others hold these. Only they or an admin can act on them.";

type Props = {
  view: View;
  extent: Extent;
  acts: SelectionActs;
  /** The ids of all rows, as they are shown. */
  order: string[];
  /** Called if the bar, or what has the focus in it, leaves. */
  onFocusLost: () => void;
};

/**
 * Stands in place of the filters while rows are selected: how many, what can be done with them, and more to select. The acts
 * keep their places whatever the rest says, since a click on the rest must never meet an act.
 */
export function SelectionBar({ view, extent, acts, order, onFocusLost }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  useFocusLeft(bar, onFocusLost);
  const { selection, count, note } = acts;
  const isWhole = order.length > 0 && order.every((id) => selection.ids.has(id));
  const Count = view === "unassigned" ? "h1" : "p";
  return (
    <div
      ref={bar}
      role="group"
      aria-label="Selection"
      className={classNames(
        "flex flex-none items-center gap-2 border-b border-line pr-5 max-md:pr-1",
        HEIGHTS[view],
      )}
    >
      <Checkbox
        label={isWhole ? "Clear the selection" : selectShownText(extent)}
        isChecked={isWhole}
        isMixed={!isWhole && count > 0}
        onToggle={() => (isWhole ? acts.clear() : selection.selectAll(order))}
        className="relative h-full w-9 flex-none max-md:w-[50px]"
      />
      <Count className="flex-none font-semibold tabular-nums lg:w-48">{selectionText(acts, extent)}</Count>
      <span className="mx-1 h-4 border-l border-line-strong max-lg:hidden" />
      <div className="flex flex-none gap-1.5 max-lg:hidden">
        <Acts acts={acts} />
      </div>
      <span
        role="alert"
        className={classNames(
          "min-w-0 empty:hidden max-md:text-small",
          acts.hasFailed ? "text-danger" : "text-ink-2",
        )}
      >
        {note}
      </span>
      <SelectMore {...{ extent, acts, isWhole, order, onFocusLost }} />
      <Button
        variant="ghost"
        size="auto"
        keyCap="Esc"
        className="ml-auto"
        disabled={!acts.canClear}
        onClick={acts.clear}
      >
        <span className="max-md:hidden">Clear</span>
        <span className="md:hidden">Done</span>
      </Button>
    </div>
  );
}

/** "5 selected", "All 240 that match". */
export function selectionText({ selection, count }: SelectionActs, extent: Extent): string {
  return selection.isAllMatching ? matchingText(extent) : `${countText(count)} selected`;
}

type MoreProps = Pick<Props, "extent" | "acts" | "order" | "onFocusLost"> & { isWhole: boolean };

/** Selects all rows, or then all tickets of the list; nothing if there are no more. */
function SelectMore({ extent, acts, isWhole, order, onFocusLost }: MoreProps) {
  const { selection, note, pending } = acts;
  if (note !== null || pending || selection.isAllMatching) return null;
  const isFull = isWhole || selection.ids.size >= Math.min(order.length, BULK_MAX);
  if (isFull && !needsJob(extent)) return null;
  return (
    <MoreButton
      onFocusLost={onFocusLost}
      onClick={({ detail }) => {
        // The second click of a double click meant the link that stood here before.
        if (detail > 1) return;
        if (isFull) selection.selectMatching(order);
        else selection.selectAll(order);
      }}
    >
      {isFull ? selectMatchingText(extent) : selectShownText(extent)}
    </MoreButton>
  );
}

type MoreButtonProps = { onFocusLost: () => void; onClick: (event: MouseEvent) => void; children: ReactNode };

function MoreButton({ onFocusLost, ...rest }: MoreButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  useFocusLeft(button, onFocusLost);
  return (
    <button
      ref={button}
      type="button"
      {...rest}
      className="min-w-0 rounded-key px-1 text-left font-medium text-mine hover:underline max-md:h-(--touch) max-md:text-small"
    />
  );
}

function Acts({ acts }: { acts: SelectionActs }): ReactNode {
  const { offered, pending, run, assign } = acts;
  if (acts.count === 0) return null;
  if (isNothingOffered(offered)) return <p className="text-ink-2">{NOTHING_OFFERED}</p>;
  const isBusy = pending !== null;
  const stateOf = (action: typeof pending) => ({
    pending: pending === action,
    disabled: isBusy && pending !== action,
  });
  return (
    <>
      {offered.claim && (
        <Button
          keyCap="C"
          {...stateOf("claim")}
          pendingLabel="Claiming"
          onClick={() => run({ action: "claim" })}
        >
          Claim
        </Button>
      )}
      {offered.assign && (
        <Button keyCap="A" aria-haspopup="dialog" {...stateOf("reassign")} onClick={assign}>
          Assign to…
        </Button>
      )}
      {offered.status &&
        (isBusy ? (
          <Button {...stateOf("status")} pendingLabel="Status…">
            <StatusFace />
          </Button>
        ) : (
          <StatusOfMany
            claims={acts.isAnyUnassigned}
            onChoose={(status) => run({ action: "status", status })}
            trigger={<StatusFace />}
            triggerClassName="inline-flex h-(--control) items-center gap-[7px] rounded-control border border-line-strong bg-raised px-[11px] font-medium whitespace-nowrap shadow-control hover:bg-hover aria-expanded:bg-hover"
          />
        ))}
      {offered.unclaim && (
        <Button {...stateOf("unclaim")} onClick={() => run({ action: "unclaim" })}>
          Unclaim
        </Button>
      )}
    </>
  );
}

function StatusFace() {
  return (
    <>
      Status…
      <Icon name="down" size={14} className="text-ink-3" />
    </>
  );
}
