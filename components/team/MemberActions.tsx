"use client";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuIcon, MenuItem, MenuLine, MenuLink } from "@/components/ui/Menu";
import type { TeamRow } from "@/lib/api/contracts";
import { heldCount, ticketsText } from "./held";
import { ticketsHref } from "./tickets-href";

/** An admin's act on a member that a dialog asks about first. */
export type MemberAct = "release" | "give" | "remove";
type Props = { row: TeamRow; onAct: (act: MemberAct) => void };

/** An admin's menu of one member. */
export function MemberActions({ row, onAct }: Props) {
  const count = heldCount(row);
  return (
    <Menu
      label={`Actions for ${row.name}`}
      align="end"
      trigger={<Icon name="more" />}
      triggerClassName="grid size-9 place-items-center rounded-control text-ink-2 hover:bg-nav-on aria-expanded:bg-nav-on max-md:size-11"
    >
      <MenuLink href={ticketsHref(row)} icon={<MenuIcon name="all" />}>
        See {row.isYou ? "your" : "their"} tickets
      </MenuLink>
      {count > 0 && (
        <>
          <MenuItem icon={<MenuIcon name="release" />} onSelect={() => onAct("release")}>
            Release {count === 1 ? "the one ticket" : `all ${ticketsText(count)}`}…
          </MenuItem>
          <MenuItem icon={<MenuIcon name="mine" />} onSelect={() => onAct("give")}>
            Give {count === 1 ? "it" : `all ${count}`} to somebody…
          </MenuItem>
        </>
      )}
      {!row.isYou && (
        <>
          <MenuLine />
          <MenuItem icon={<Icon name="x" className="text-danger" />} onSelect={() => onAct("remove")}>
            <span className="text-danger">Remove from the desk…</span>
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
