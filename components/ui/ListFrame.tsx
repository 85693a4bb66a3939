"use client";
import { useRef, type ReactNode } from "react";
import { Button } from "./Button";
import { Icon } from "./Icon";
import type { useFrozen } from "./use-frozen";

type Props = {
  scrollHandlers: ReturnType<typeof useFrozen>["scrollHandlers"];
  /** How many new rows wait above the first one, so that nothing moves under the pointer. */
  waiting: number;
  onShowWaiting: () => void;
  /** Null if the list ends here. */
  more: { isLoading: boolean; load: () => void } | null;
  children: ReactNode;
};

/** The scrolling frame of a long list, with a button for new rows on top and one for more rows at the end. */
export function ListFrame({ scrollHandlers, waiting, onShowWaiting, more, children }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  function show() {
    scroller.current?.scrollTo({ top: 0 });
    onShowWaiting();
  }
  return (
    <div className="relative flex min-h-60 flex-1 flex-col">
      <div role="status" className="pointer-events-none absolute inset-x-0 top-2 z-20 flex justify-center">
        {waiting > 0 && (
          <button
            type="button"
            onClick={show}
            className="pointer-events-auto inline-flex h-8 animate-rise items-center gap-1.5 rounded-full border border-mine-line bg-mine-soft px-3 font-semibold text-mine shadow-float max-md:h-11 max-md:px-4"
          >
            <Icon name="up" size={14} />
            {waiting} new
          </button>
        )}
      </div>
      <div
        ref={scroller}
        {...scrollHandlers}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain"
      >
        {children}
        {more && (
          <div className="grid justify-items-center border-t border-line p-4">
            <Button size="auto" pending={more.isLoading} pendingLabel="Loading" onClick={more.load}>
              Load more
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
