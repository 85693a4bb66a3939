import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

type Props = { isOurs: boolean; className?: string; children: ReactNode };

/** A part at the end of a message card, below a line from edge to edge. */
export function CardFoot({ isOurs, className, children }: Props) {
  return (
    <div
      data-foot
      className={classNames(
        "-mx-5 mt-4 border-t px-5 py-3 text-ink-2 last:-mb-4 max-md:-mx-4 max-md:px-4 max-md:in-[[data-letter]]:mb-0 [[data-foot]+&]:mt-0",
        isOurs ? "border-ours-line" : "border-line",
        className,
      )}
    >
      {children}
    </div>
  );
}
