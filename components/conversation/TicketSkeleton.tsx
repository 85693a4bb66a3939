import { classNames } from "@/components/ui/class-names";

const CARDS = [
  ["w-2/3", "w-5/6", "w-1/2"],
  ["w-3/4", "w-2/5"],
];

/** The skeleton of a ticket page, shown if loading takes longer than 150 ms. */
export function TicketSkeleton() {
  return (
    <div role="status" className="mx-auto w-full max-w-[808px] animate-skeleton p-6 max-md:p-4">
      <span className="sr-only">Loading the ticket</span>
      <SkeletonBar className="h-5 w-72" />
      <SkeletonBar className="mt-4 h-[11px] w-52" />
      {CARDS.map((lines, card) => (
        <div key={card} aria-hidden="true" className="mt-6 rounded-card border border-line px-5 py-4">
          <div className="flex items-center gap-2.5">
            <span className="size-7 flex-none rounded-control bg-cust" />
            <SkeletonBar className="h-[11px] w-32" />
          </div>
          <div className="mt-4 grid gap-3 md:pl-[38px]">
            {lines.map((width) => (
              <SkeletonBar key={width} className={classNames("h-[11px]", width)} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

function SkeletonBar({ className }: { className: string }) {
  return (
    <span aria-hidden="true" className={classNames("block max-w-full rounded-key bg-cust", className)} />
  );
}
