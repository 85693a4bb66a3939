"use client";
import { useMember } from "@/components/client/Member";
import { Avatar } from "@/components/ui/Avatar";
import { MenuIcon, MenuLine, MenuLink } from "@/components/ui/Menu";
import { OwnerRing } from "@/components/ui/OwnerRing";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import { STATUS_NAMES, TICKET_STATUSES } from "@/lib/api/vocabulary";
import { FilterField } from "./FilterField";
import { assigneeName, pageHref, statusName, type TicketFilter } from "./ticket-paths";

type Person = { id: string; name: string };
/** `team` as the server read it with the page. */
type Props = { filter: TicketFilter; team: Person[] };

/** Filters all tickets by status and assignee. Each choice is a link, so that a filtered list can be shared. */
export function TicketFilters({ filter, team }: Props) {
  const member = useMember();
  const others = team.filter(({ id }) => id !== member.id);
  const to = (change: TicketFilter) => pageHref("all", { ...filter, ...change });
  return (
    <div className="flex h-11 flex-none items-center gap-1.5 border-b border-line px-5 max-md:h-14 max-md:px-4">
      <FilterField
        name="Status"
        value={filter.status && statusName(filter.status)}
        clearHref={to({ status: undefined })}
      >
        <MenuLink
          href={to({ status: "active" })}
          icon={<MenuIcon name="all" />}
          isChecked={filter.status === "active"}
        >
          Active
        </MenuLink>
        {TICKET_STATUSES.map((status) => (
          <MenuLink
            key={status}
            href={to({ status })}
            icon={<MenuIcon name={STATUS_ICONS[status]} />}
            isChecked={filter.status === status}
          >
            {STATUS_NAMES[status]}
          </MenuLink>
        ))}
      </FilterField>
      <FilterField
        name="Assignee"
        value={filter.assignee && assigneeName(filter.assignee, member, others)}
        clearHref={to({ assignee: undefined })}
      >
        <MenuLink
          href={to({ assignee: "none" })}
          icon={<OwnerRing state="nobody" className="mx-[4.5px] text-ink-3" />}
          isChecked={filter.assignee === "none"}
        >
          Nobody
        </MenuLink>
        <MenuLink
          href={to({ assignee: "me" })}
          icon={<Avatar member={member} />}
          isChecked={filter.assignee === "me" || filter.assignee === member.id}
        >
          You
        </MenuLink>
        {others.length > 0 && <MenuLine />}
        {others.map((person) => (
          <MenuLink
            key={person.id}
            href={to({ assignee: person.id })}
            icon={<Avatar member={person} />}
            isChecked={filter.assignee === person.id}
          >
            {person.name}
          </MenuLink>
        ))}
      </FilterField>
    </div>
  );
}
