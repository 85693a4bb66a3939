"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import useSWR from "swr";
import { fetchTeam, TEAM_PATH } from "@/components/desk-api";
import { useMember } from "@/components/shell/Member";
import { Face } from "@/components/ui/Face";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuIcon, MenuLine, MenuLink } from "@/components/ui/Menu";
import { Seat } from "@/components/ui/Seat";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import type { TeamResponse } from "@/lib/tickets/contracts";
import { STATUS_NAMES, TICKET_STATUSES } from "@/lib/tickets/ticket";
import { assigneeName, pageHref, statusName, type TicketFilter } from "./ticket-paths";

type Person = { id: string; name: string };
type Props = { filter: TicketFilter; team: Person[] };

/** Narrows All by status and assignee. A choice is a link: the address says what is shown, and can be passed on. */
export function TicketFilters({ filter, team }: Props) {
  const member = useMember();
  const { data } = useSWR<TeamResponse>(TEAM_PATH, fetchTeam, { refreshInterval: 0 });
  const others = (data?.members ?? team).filter(({ id }) => id !== member.id);
  const to = (change: TicketFilter) => pageHref("all", { ...filter, ...change });
  return (
    <div className="flex h-11 flex-none items-center gap-1.5 border-b border-line px-5 max-md:h-14 max-md:px-4">
      <Field
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
      </Field>
      <Field
        name="Assignee"
        value={filter.assignee && assigneeName(filter.assignee, member, others)}
        clearHref={to({ assignee: undefined })}
      >
        <MenuLink
          href={to({ assignee: "none" })}
          icon={<Seat state="nobody" className="mx-[4.5px] text-ink-3" />}
          isChecked={filter.assignee === "none"}
        >
          Nobody
        </MenuLink>
        <MenuLink
          href={to({ assignee: "me" })}
          icon={<Face member={member} />}
          isChecked={filter.assignee === "me" || filter.assignee === member.id}
        >
          You
        </MenuLink>
        {others.length > 0 && <MenuLine />}
        {others.map((person) => (
          <MenuLink
            key={person.id}
            href={to({ assignee: person.id })}
            icon={<Face member={person} />}
            isChecked={filter.assignee === person.id}
          >
            {person.name}
          </MenuLink>
        ))}
      </Field>
    </div>
  );
}

type FieldProps = { name: string; value: string | undefined; clearHref: string; children: ReactNode };

/** A filter: dashed while it is not set; set, it names its value and ends in a cross. */
function Field({ name, value, clearHref, children }: FieldProps) {
  const shape =
    "h-6 items-center rounded-[6px] text-small font-medium max-md:h-10 max-md:rounded-card max-md:text-ui";
  if (value === undefined) {
    return (
      <Menu
        label={`Filter by ${name.toLowerCase()}`}
        trigger={
          <>
            <Icon name="plus" size={12} />
            {name}
          </>
        }
        triggerClassName={`${shape} inline-flex gap-[5px] border border-dashed border-line-strong px-2 text-ink-2 hover:bg-hover aria-expanded:bg-hover max-md:px-3`}
      >
        {children}
      </Menu>
    );
  }
  return (
    <span className={`${shape} inline-flex min-w-0 border border-line-strong`}>
      <Menu
        label={`${name}: ${value}. Change`}
        className="min-w-0"
        trigger={
          <>
            <span className="font-normal text-ink-3">{name}</span>
            <span className="cut">{value}</span>
          </>
        }
        triggerClassName="flex h-full max-w-full items-center gap-[5px] rounded-[5px] pr-0.5 pl-2 max-md:pl-3"
      >
        {children}
      </Menu>
      <Link
        href={clearHref}
        aria-label={`Remove filter: ${name.toLowerCase()}`}
        className="grid h-full w-6 flex-none place-items-center rounded-[5px] text-ink-3 hover:text-ink max-md:w-9"
      >
        <Icon name="x" size={12} />
      </Link>
    </span>
  );
}
