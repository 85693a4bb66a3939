"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/Icon";
import { Mark } from "@/components/ui/Mark";
import type { CountsResponse } from "@/lib/api/contracts";
import { LiveChip } from "@/components/client/LiveChip";
import { useMember } from "@/components/client/Member";
import { MemberMenu } from "./MemberMenu";
import { deskPlaces, looksOf, TICKET_PLACES, type Looks, type Place } from "./places";
import { PageLink } from "@/components/ui/PageLink";

type Counts = CountsResponse | undefined;
type Props = { counts: Counts; signOut: ReactNode };

/** The navigation on wide screens. */
export function Rail({ counts, signOut }: Props) {
  const { role } = useMember();
  return (
    <div className="flex min-h-0 flex-col border-r border-line bg-canvas p-3 max-md:hidden">
      <PageLink
        href="/dashboard"
        className="mb-3 flex h-8 items-center gap-[9px] rounded-control px-2 text-[15px]/6 font-semibold tracking-[-.015em]"
      >
        <Mark />
        Claimdesk
      </PageLink>
      <Places name="Tickets" places={TICKET_PLACES} counts={counts} />
      <div aria-hidden="true" className="mt-4 px-2 pb-1 text-micro font-medium text-ink-3">
        Desk
      </div>
      <Places name="Desk" places={deskPlaces(role)} counts={counts} />
      <div className="mt-auto grid pt-3">
        <LiveChip />
        <MemberMenu place="rail" signOut={signOut} />
      </div>
    </div>
  );
}

function Places({ name: label, places, counts }: { name: string; places: Place[]; counts: Counts }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="grid gap-px">
      {places.map(({ href, name, icon, count }) => (
        <PageLink
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : undefined}
          className="group flex h-8 items-center gap-2.5 rounded-control px-2 font-medium text-ink-2 hover:bg-hover aria-[current=page]:bg-nav-on aria-[current=page]:text-ink"
        >
          <Icon name={icon} className="text-ink-3 group-aria-[current=page]:text-ink" />
          {name}{" "}
          <span className="order-2 text-micro font-medium text-ink-3 tabular-nums group-aria-[current=page]:text-ink">
            {(count && counts?.[count]) || null}
          </span>{" "}
          <LookMark looks={looksOf(count, counts)} />
        </PageLink>
      ))}
    </nav>
  );
}

/** How many of a place need a look, at the left of its count. */
function LookMark({ looks }: { looks: Looks | null }) {
  return (
    <span className="order-1 ml-auto flex">
      {looks && (
        <span
          title={`${looks.count} ${looks.words}`}
          className="inline-flex h-4 items-center gap-[3px] rounded-full bg-unclaimed-soft px-1.5 text-micro font-medium text-unclaimed tabular-nums"
        >
          <Icon name="alert" size={12} />
          {looks.count} <span className="sr-only">{looks.words}</span>
        </span>
      )}
    </span>
  );
}
