"use client";
import { classNames } from "@/components/ui/class-names";
import { useConnection } from "./Connection";

/** Says whether the page is up to date. */
export function LiveChip({ className }: { className?: string }) {
  const isLive = useConnection() === "live";
  return (
    <span
      role="status"
      title={
        isLive ? "Changes by others appear at once" : "The page may be out of date. Your clicks are retried."
      }
      className={classNames(
        "inline-flex h-6 items-center gap-[7px] px-2 text-small whitespace-nowrap",
        isLive ? "text-ink-3" : "font-medium text-unclaimed",
        className,
      )}
    >
      <span
        aria-hidden="true"
        className={classNames(
          "size-[7px] flex-none rounded-full",
          isLive
            ? "bg-live shadow-[0_0_0_3px_color-mix(in_srgb,var(--live)_16%,transparent)]"
            : "shadow-[inset_0_0_0_1.5px_currentColor]",
        )}
      />
      {isLive ? "Live" : "Reconnecting, may be old"}
    </span>
  );
}
