"use client";
import { useEffect, useRef } from "react";
import { Avatar } from "@/components/ui/Avatar";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { useNow } from "@/components/ui/Now";
import { presenceText } from "@/components/ui/presence-text";
import type { Choice } from "./choices";

type Props = {
  /** Of the list: options have the ids `ID-MEMBER`. */
  id: string;
  choices: Choice[];
  chosenId: string | null;
  /** The load of the most loaded member. */
  loadMax: number;
  onChoose: (memberId: string) => void;
};

/** The members to choose from, each with presence and load. The search field has the focus and moves the choice. */
export function MemberOptions({ id, choices, chosenId, loadMax, onChoose }: Props) {
  const now = useNow();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosenId]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label="Team members"
      className="grid max-h-[min(44dvh,340px)] gap-px overflow-y-auto p-1.5 empty:hidden"
    >
      {choices.map(({ member, load, obstacle }) => (
        // The keyboard chooses in the search field, which names the chosen option.
        <li
          key={member.id}
          id={`${id}-${member.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={member.id === chosenId}
          aria-disabled={obstacle !== null || undefined}
          onClick={() => obstacle === null && onChoose(member.id)}
          onMouseDown={(event) => event.preventDefault()} // the search field keeps the focus
          className={classNames(
            "group/option flex min-h-11 items-center gap-2.5 rounded-control px-2 max-md:min-h-13",
            obstacle === null &&
              "cursor-pointer hover:bg-ink/4 aria-selected:bg-chosen aria-selected:shadow-[inset_3px_0_0_var(--mine-text)]",
          )}
        >
          <Avatar member={member} size="l" />
          <span className="min-w-0 flex-1">
            <span className={classNames("cut block font-medium", obstacle !== null && "text-ink-2")}>
              {member.isYou ? "You" : member.name}
            </span>{" "}
            <span className="cut block text-small text-ink-3 group-aria-selected/option:text-ink-2">
              {obstacle ?? presenceText(member, now)}
            </span>
          </span>
          {member.canHold && <Load load={load} most={loadMax} />}
          <Icon name="check" size={14} className={member.id === chosenId ? "text-mine" : "invisible"} />
        </li>
      ))}
    </ul>
  );
}

function Load({ load, most }: { load: number; most: number }) {
  return (
    <span className="grid w-14 flex-none justify-items-end gap-1">
      <span className="text-small text-ink-2 tabular-nums">
        {load}
        <span className="sr-only"> active {load === 1 ? "ticket" : "tickets"}</span>
      </span>
      <svg
        aria-hidden="true"
        viewBox="0 0 100 4"
        preserveAspectRatio="none"
        className="h-1 w-full rounded-full bg-(--bar-3)"
      >
        <rect width={most === 0 ? 0 : (load / most) * 100} height="4" className="fill-(--bar-2)" />
      </svg>
    </span>
  );
}
