"use client";
import { CustomerAvatar } from "@/components/ui/Avatar";
import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";
import { Menu, MenuIcon, MenuItem, MenuLine } from "@/components/ui/Menu";
import { OwnerRing } from "@/components/ui/OwnerRing";
import type { PersonAct } from "./use-people";

/** Somebody in the details of a ticket. */
export type Person = {
  address: string;
  name: string | null;
  /** How they belong to the conversation. */
  label: string;
  problem: string | null;
  /** Nothing is sent to them. */
  isOutside: boolean;
  /** Null if this member can change nobody. */
  acts: PersonAct[] | null;
};

const ACTS: Record<PersonAct, { icon: IconName; label: string; pendingLabel: string }> = {
  add: { icon: "plus", label: "Add to the conversation", pendingLabel: "Adding" },
  customer: { icon: "mine", label: "Make the customer", pendingLabel: "Changing" },
  remove: { icon: "x", label: "Remove from the conversation", pendingLabel: "Removing" },
  dismiss: { icon: "x", label: "Dismiss", pendingLabel: "Dismissing" },
};

type Props = {
  person: Person;
  /** The change of this person under way. */
  pending: PersonAct | null;
  onAct: (act: PersonAct) => void;
};

/** A person with their name, address and role, and a menu of what this member can decide about them. */
export function PersonRow({
  person: { address, name, label, problem, isOutside, acts },
  pending,
  onAct,
}: Props) {
  return (
    <li>
      <div className="flex items-start gap-2 py-1 max-md:items-center">
        <span
          className={classNames(
            "mt-px grid flex-none",
            isOutside && "rounded-[6px] outline outline-dashed outline-ink-3",
          )}
        >
          <CustomerAvatar name={name ?? address} />
        </span>
        <div className="flex min-w-0 flex-1 flex-wrap gap-x-2">
          <bdi className="min-w-0 flex-1 basis-18 text-left wrap-anywhere">{name ?? address}</bdi>
          <span className="text-small/5 whitespace-nowrap text-ink-3">
            {pending ? (
              <span className="inline-flex items-center gap-1.5">
                <OwnerRing state="pending" />
                {ACTS[pending].pendingLabel}
              </span>
            ) : (
              label
            )}
          </span>
          {name && <bdi className="basis-full text-left text-small wrap-anywhere text-ink-3">{address}</bdi>}
        </div>
        {acts && (
          <span className="-mr-1.5 grid w-7 flex-none max-md:w-12">
            {acts.length > 0 && <PersonMenu who={name ?? address} acts={acts} onAct={onAct} />}
          </span>
        )}
      </div>
      {problem && (
        <p className="mb-1 flex items-start gap-1.5 pl-[30px] text-small text-pretty text-danger">
          <Icon name="alert" size={14} className="mt-px" />
          <span className="min-w-0 wrap-anywhere">{problem}</span>
        </p>
      )}
    </li>
  );
}

function PersonMenu({ who, acts, onAct }: Pick<Props, "onAct"> & { who: string; acts: PersonAct[] }) {
  return (
    <Menu
      label={`More for ${who}`}
      align="end"
      trigger={<Icon name="more" />}
      triggerClassName="grid size-7 place-items-center rounded-control text-ink-3 hover:bg-nav-on hover:text-ink aria-expanded:bg-nav-on max-md:size-(--touch) max-md:rounded-touch"
    >
      {acts.map((act) => (
        <div key={act} role="none" className="grid">
          {(act === "remove" || act === "dismiss") && acts.length > 1 && <MenuLine />}
          <MenuItem icon={<MenuIcon name={ACTS[act].icon} />} onSelect={() => onAct(act)}>
            {ACTS[act].label}
          </MenuItem>
        </div>
      ))}
    </Menu>
  );
}
