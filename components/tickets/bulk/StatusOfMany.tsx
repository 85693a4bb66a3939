"use client";
import type { ReactNode } from "react";
import { Menu, MenuGroup, MenuIcon, MenuItem } from "@/components/ui/Menu";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import { STATUS_NAMES, type TicketStatus } from "@/lib/api/vocabulary";

type Props = {
  /** Some of the tickets are unassigned, and are claimed by this. */
  claims: boolean;
  trigger: ReactNode;
  triggerClassName: string;
  side?: "above" | "below";
  onChoose: (status: TicketStatus) => void;
};

const CHOICES = ["resolved", "waiting", "in_progress", "open"] as const satisfies TicketStatus[];

/** The menu that sets the status of the selected tickets. */
export function StatusOfMany({ claims, onChoose, ...menu }: Props) {
  return (
    <Menu label="Status of the selected tickets" {...menu}>
      <MenuGroup label={claims ? "Set the status and claim them" : "Set the status"}>
        {CHOICES.map((status) => (
          <MenuItem
            key={status}
            icon={<MenuIcon name={STATUS_ICONS[status]} />}
            onSelect={() => onChoose(status)}
          >
            {status === "resolved" ? "Resolve" : STATUS_NAMES[status]}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}
