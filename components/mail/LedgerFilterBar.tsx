"use client";
import { FilterField } from "@/components/tickets/FilterField";
import type { IconName } from "@/components/ui/Icon";
import { MenuIcon, MenuLink } from "@/components/ui/Menu";
import { LEDGER_STATES, type LedgerState } from "@/lib/api/vocabulary";
import { mailHref, RESULT_NAMES, type LedgerFilter } from "./ledger-paths";

const ICONS: Record<LedgerState, IconName> = {
  received: "clock",
  ticketed: "inbox",
  ignored: "x",
  failed: "alert",
};

/** Filters the ledger by result. Each choice is a link, so that a filtered list can be shared. */
export function LedgerFilterBar({ filter: { state } }: { filter: LedgerFilter }) {
  return (
    <div className="flex h-11 flex-none items-center gap-1.5 border-b border-line px-5 max-md:h-14 max-md:px-4">
      <FilterField name="Result" value={state && RESULT_NAMES[state]} clearHref={mailHref()}>
        {LEDGER_STATES.map((choice) => (
          <MenuLink
            key={choice}
            href={mailHref({ state: choice })}
            icon={<MenuIcon name={ICONS[choice]} />}
            isChecked={state === choice}
          >
            {RESULT_NAMES[choice]}
          </MenuLink>
        ))}
      </FilterField>
    </div>
  );
}
