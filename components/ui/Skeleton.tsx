import { classNames } from "./class-names";

const WIDTHS = ["w-28", "w-36", "w-24", "w-32", "w-40", "w-20"];
const LENGTHS = ["w-3/5", "w-2/3", "w-1/2", "w-3/4", "w-2/5", "w-7/12"];

function SkeletonBar({ className }: { className: string }) {
  return <span className={classNames("block h-[11px] rounded-key bg-cust", className)} />;
}

/** Grey rows as high as a list's, shown if the list takes longer than 150 ms to load. */
export function Skeleton({ rows = 8, label = "Loading tickets" }: { rows?: number; label?: string }) {
  return (
    <div role="status" className="animate-skeleton">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          aria-hidden="true"
          className="flex h-(--row) items-center gap-3 border-b border-line px-5 last:border-transparent max-md:h-23 max-md:px-4"
        >
          <div className="grid flex-1 gap-[9px] md:pl-4">
            <SkeletonBar className={WIDTHS[index % WIDTHS.length] ?? ""} />
            <SkeletonBar className={LENGTHS[index % LENGTHS.length] ?? ""} />
          </div>
          <SkeletonBar className="w-10 max-md:hidden" />
          <span className="h-(--control) w-21 rounded-control bg-cust max-md:h-(--touch) max-md:rounded-touch" />
        </div>
      ))}
    </div>
  );
}
