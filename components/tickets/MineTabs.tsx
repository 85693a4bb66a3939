import { classNames } from "@/components/ui/class-names";
import { pageHref, STATUS_CHOICES, statusName, type StatusChoice } from "./ticket-paths";
import { PageLink } from "@/components/ui/PageLink";

/** The statuses of the member's own tickets as links; none is current until the page is loaded. */
export function MineTabs({ current }: { current?: StatusChoice }) {
  return (
    <nav
      aria-label="Status"
      className="flex h-11 flex-none gap-1 overflow-x-auto border-b border-line px-3 [scrollbar-width:none] max-md:h-(--touch) max-md:px-2"
    >
      {STATUS_CHOICES.map((status) => (
        <PageLink
          key={status}
          href={pageHref("mine", status === "active" ? {} : { status })}
          aria-current={status === current ? "page" : undefined}
          className={classNames(
            "relative inline-flex flex-none items-center rounded-control px-2 font-medium whitespace-nowrap text-ink-2 outline-offset-[-4px] hover:text-ink",
            "after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 aria-[current=page]:text-ink aria-[current=page]:after:bg-ink",
          )}
        >
          {statusName(status)}
        </PageLink>
      ))}
    </nav>
  );
}
