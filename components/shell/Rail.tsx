"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/Icon";
import { Mark } from "@/components/ui/Mark";
import type { CountsResponse } from "@/lib/api/contracts";
import { LiveChip } from "@/components/client/LiveChip";
import { MemberMenu } from "./MemberMenu";
import { PLACES } from "./places";
import { PageLink } from "@/components/ui/PageLink";

type Props = { counts: CountsResponse | undefined; signOut: ReactNode };

/** The navigation on wide screens. */
export function Rail({ counts, signOut }: Props) {
  const pathname = usePathname();
  return (
    <div className="flex min-h-0 flex-col border-r border-line bg-canvas p-3 max-md:hidden">
      <PageLink
        href="/dashboard"
        className="mb-3 flex h-8 items-center gap-[9px] rounded-control px-2 text-[15px]/6 font-semibold tracking-[-.015em]"
      >
        <Mark />
        Claimdesk
      </PageLink>
      <nav aria-label="Tickets" className="grid gap-px">
        {PLACES.map(({ href, name, icon, count }) => (
          <PageLink
            key={href}
            href={href}
            aria-current={pathname === href ? "page" : undefined}
            className="group flex h-8 items-center gap-2.5 rounded-control px-2 font-medium text-ink-2 hover:bg-hover aria-[current=page]:bg-nav-on aria-[current=page]:text-ink"
          >
            <Icon name={icon} className="text-ink-3 group-aria-[current=page]:text-ink" />
            {name}{" "}
            <span className="ml-auto text-micro font-medium text-ink-3 tabular-nums group-aria-[current=page]:text-ink">
              {(count && counts?.[count]) || null}
            </span>
          </PageLink>
        ))}
      </nav>
      <div className="mt-auto grid">
        <LiveChip />
        <MemberMenu place="rail" signOut={signOut} />
      </div>
    </div>
  );
}
