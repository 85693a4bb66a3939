"use client";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/Icon";
import type { CountsResponse } from "@/lib/api/contracts";
import { MemberMenu } from "./MemberMenu";
import { looksOf, PHONE_PLACES } from "./places";
import { PageLink } from "@/components/ui/PageLink";

type Props = { counts: CountsResponse | undefined; signOut: ReactNode };

/** Beside the icon, which stays to be seen. */
const BADGE =
  "absolute bottom-2.5 left-3.5 inline-flex h-4 min-w-4 items-center justify-center rounded-full border-2 border-canvas text-[10px]/none font-semibold tabular-nums";

/** The navigation on a phone, at the bottom of the screen; hidden while the acts on selected tickets stand there. */
export function PhoneNav({ counts, signOut }: Props) {
  const pathname = usePathname();
  return (
    <div className="z-20 grid grid-cols-5 border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] group-has-data-phone-acts/desk:hidden md:hidden">
      <nav aria-label="Tickets" className="col-span-4 grid grid-cols-4">
        {PHONE_PLACES.map(({ href, name, icon, count }) => {
          const looks = looksOf(count, counts);
          return (
            <PageLink
              key={href}
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className="grid h-14 place-content-center justify-items-center gap-1 text-ink-3 outline-offset-[-4px] aria-[current=page]:text-ink"
            >
              <span className="relative">
                <Icon name={icon} size={20} />
                {looks ? (
                  <span aria-hidden="true" className={`${BADGE} bg-unclaimed-soft px-0.5 text-unclaimed`}>
                    <Icon name="alert" size={12} />
                    {typeof looks.count === "number" && looks.count < 100 ? looks.count : "99+"}
                  </span>
                ) : (
                  count &&
                  Boolean(counts?.[count]) && (
                    <span aria-hidden="true" className={`${BADGE} bg-ink-2 px-1 text-canvas`}>
                      {counts?.[count]}
                    </span>
                  )
                )}
              </span>
              <span className="text-micro font-medium">
                {name}{" "}
                <span className="sr-only">
                  {(count && counts?.[count]) || null} {looks && `${looks.count} ${looks.words}`}
                </span>
              </span>
            </PageLink>
          );
        })}
      </nav>
      <MemberMenu place="foot" signOut={signOut} />
    </div>
  );
}
