"use client";
import { LiveChip } from "@/components/client/LiveChip";
import { useCounts } from "@/components/client/use-counts";
import { Button } from "@/components/ui/Button";
import type { Place } from "@/lib/api/contracts";
import { useSelection } from "./bulk/Selection";

type Props = {
  title: string;
  /** The counter beside the title; not set if a filter makes the list shorter than the counter says. */
  counter?: Place;
  /** Not shown while the list has groups, which tell their own. */
  order: string;
};

/** The top of a list page: its title, its counter and its order. */
export function ListHeader({ title, counter, order }: Props) {
  const { counts } = useCounts();
  const selection = useSelection();
  const hasGroups = Boolean(counter && counts?.[`${counter}NeedsLook`]);
  return (
    <header className="flex h-14 flex-none items-center gap-2 border-b border-line px-5 max-md:h-13 max-md:pr-2 max-md:pl-4">
      <h1 className="text-title font-semibold tracking-[-.01em]">{title}</h1>
      <span className="text-ink-3 tabular-nums">{(counter && counts?.[counter]) || null}</span>
      {!hasGroups && <span className="ml-auto text-small text-ink-3 max-md:hidden">{order}</span>}
      <LiveChip className="ml-auto max-md:h-auto max-md:whitespace-normal md:hidden" />
      {selection?.canSelect && !selection.isOn && (
        <Button variant="ghost" size="touch" className="px-2.5 md:hidden" onClick={selection.begin}>
          Select
        </Button>
      )}
    </header>
  );
}
