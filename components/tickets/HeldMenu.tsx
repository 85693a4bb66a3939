"use client";
import { useMember } from "@/components/client/Member";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuIcon, MenuItem, MenuLink } from "@/components/ui/Menu";
import { firstNameOf } from "@/components/ui/people";
import { replyHref } from "./ticket-paths";
import { useUnclaim, type Held } from "./use-unclaim";

/** The actions of the assignee, or of an admin, on a claimed ticket in the list of all tickets. */
export function HeldMenu({ ticket }: { ticket: Held }) {
  const member = useMember();
  const { ask, dialog } = useUnclaim(ticket);
  const isOwn = ticket.assignedTo === member.id;
  return (
    <>
      <Menu
        label={`More for ${ticket.subject || "this ticket"}`}
        align="end"
        trigger={<Icon name="more" />}
        triggerClassName="grid size-(--control) place-items-center rounded-control text-ink-3 hover:bg-nav-on hover:text-ink aria-expanded:bg-nav-on max-md:size-(--touch) max-md:rounded-touch"
      >
        {isOwn && (
          <MenuLink href={replyHref(ticket._id)} icon={<MenuIcon name="reply" />}>
            Reply
          </MenuLink>
        )}
        <MenuItem icon={<MenuIcon name="release" />} onSelect={ask}>
          {isOwn ? "Unclaim" : `Unclaim for ${firstNameOf(ticket.assignedToName)}`}
        </MenuItem>
      </Menu>
      {dialog}
    </>
  );
}
