"use client";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/Icon";
import { Menu } from "@/components/ui/Menu";

type Props = { ticket: { subject: string }; className?: string; children: ReactNode };

/** The button at the end of a row that opens the further actions on its ticket. */
export function RowMenu({ ticket, className, children }: Props) {
  return (
    <Menu
      label={`More for ${ticket.subject || "this ticket"}`}
      align="end"
      className={className}
      trigger={<Icon name="more" />}
      triggerClassName="grid size-(--control) place-items-center rounded-control text-ink-3 hover:bg-nav-on hover:text-ink aria-expanded:bg-nav-on max-md:size-(--touch) max-md:rounded-touch"
    >
      {children}
    </Menu>
  );
}
