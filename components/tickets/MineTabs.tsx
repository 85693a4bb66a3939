import Link from "next/link";
import { classNames } from "@/components/ui/class-names";
import { pageHref, STATUS_CHOICES, statusName, type StatusChoice } from "./ticket-paths";

/** The statuses of one’s own tickets, each an address of its own; none is current until the page has read it. */
export function MineTabs({ current }: { current?: StatusChoice }) {
  return (
    <nav
      aria-label="Status"
      className="flex h-11 flex-none gap-5 overflow-x-auto border-b border-line px-5 [scrollbar-width:none] max-md:h-(--touch) max-md:px-4"
    >
      {STATUS_CHOICES.map((status) => (
        <Link
          key={status}
          href={pageHref("mine", status === "active" ? {} : { status })}
          aria-current={status === current ? "page" : undefined}
          className={classNames(
            "inline-flex flex-none items-center border-y-2 border-transparent font-medium whitespace-nowrap text-ink-2 outline-offset-[-4px] hover:text-ink",
            "aria-[current=page]:border-b-ink aria-[current=page]:text-ink",
          )}
        >
          {statusName(status)}
        </Link>
      ))}
    </nav>
  );
}
