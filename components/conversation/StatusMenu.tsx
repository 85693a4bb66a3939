"use client";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuGroup, MenuIcon, MenuItem } from "@/components/ui/Menu";
import { OwnerRing } from "@/components/ui/OwnerRing";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import { STATUS_NAMES, TICKET_STATUSES, type Ticket, type TicketStatus } from "@/lib/api/vocabulary";
import type { StatusChange } from "./use-status-change";

type Props = { ticket: Ticket; change: StatusChange };

/** The menu that sets the status of a ticket. On an unassigned ticket this claims it. */
export function StatusMenu({ ticket, change }: Props) {
  const { status } = ticket;
  return (
    <Menu
      label={`Status: ${STATUS_NAMES[status]}`}
      align="end"
      className="max-md:flex-1"
      trigger={
        <>
          {change.pending ? (
            <OwnerRing state="pending" />
          ) : (
            <Icon name={STATUS_ICONS[status]} size={14} className="text-ink-2" />
          )}
          Status
          <Icon name="down" size={14} className="text-ink-3" />
        </>
      }
      triggerClassName="inline-flex h-(--control) items-center justify-center gap-[7px] rounded-control border border-line-strong bg-raised px-[11px] font-medium whitespace-nowrap shadow-control hover:bg-hover aria-expanded:bg-hover max-md:h-(--touch) max-md:w-full max-md:rounded-touch max-md:px-2 max-md:text-touch"
    >
      <MenuGroup label={ticket.assignedTo ? "Set the status" : "Set the status and claim it"}>
        {TICKET_STATUSES.map((choice) => (
          <MenuItem
            key={choice}
            icon={<MenuIcon name={STATUS_ICONS[choice]} />}
            isChecked={choice === status}
            onSelect={() => choice !== status && change.run(choice)}
          >
            {verbOf(choice, status)}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}

function verbOf(choice: TicketStatus, status: TicketStatus): string {
  if (choice === "open" && status === "resolved") return "Reopen";
  return choice === "resolved" && status !== "resolved" ? "Resolve" : STATUS_NAMES[choice];
}
