"use client";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuGroup, MenuIcon, MenuItem } from "@/components/ui/Menu";
import { STATUS_ICONS } from "@/components/ui/StatusChip";
import { STATUS_NAMES } from "@/lib/api/vocabulary";
import type { ReplyStatus } from "./draft";

const CHOICES: readonly ReplyStatus[] = ["in_progress", "waiting", "resolved"];

type Props = { then: ReplyStatus; layout: "card" | "sheet"; onChoose: (then: ReplyStatus) => void };

/** The status that the ticket gets with the reply. */
export function ThenMenu({ then, layout, onChoose }: Props) {
  return (
    <Menu
      label={`Then: ${STATUS_NAMES[then]}`}
      side="above"
      align="end"
      trigger={<Trigger then={then} isShort={layout === "sheet"} />}
      triggerClassName={classNames(
        "inline-flex h-(--control) items-center justify-center gap-[7px] rounded-control border border-line-strong bg-raised",
        "px-[11px] font-medium whitespace-nowrap shadow-control hover:bg-hover aria-expanded:bg-hover",
        "max-md:h-(--touch) max-md:rounded-touch",
        layout === "card" ? "max-md:px-3" : "max-md:w-(--touch) max-md:px-0",
      )}
    >
      <MenuGroup label="Then the ticket is">
        {CHOICES.map((choice) => (
          <MenuItem
            key={choice}
            icon={<MenuIcon name={STATUS_ICONS[choice]} />}
            isChecked={choice === then}
            onSelect={() => onChoose(choice)}
          >
            {STATUS_NAMES[choice]}
          </MenuItem>
        ))}
      </MenuGroup>
    </Menu>
  );
}

/** A phone has no room for the words: it shows the icon of the status, and the menu's name has the words. */
function Trigger({ then, isShort }: { then: ReplyStatus; isShort: boolean }) {
  return (
    <>
      <span className={classNames("inline-flex items-center gap-[7px]", isShort && "max-md:hidden")}>
        Then: {STATUS_NAMES[then]}
        <Icon name="down" size={14} className="text-ink-3" />
      </span>
      {isShort && (
        <Icon name={then === "in_progress" ? "more" : STATUS_ICONS[then]} size={20} className={MARKS[then]} />
      )}
    </>
  );
}

const MARKS: Record<ReplyStatus, string> = {
  in_progress: "stroke-[3] text-ink-2 md:hidden",
  waiting: "text-waiting md:hidden",
  resolved: "text-resolved md:hidden",
};
