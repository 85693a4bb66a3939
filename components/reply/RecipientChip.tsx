"use client";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import { Menu, MenuGroup, MenuItem } from "@/components/ui/Menu";
import type { Newcomer } from "@/lib/api/vocabulary";
import { PLACE_NAMES, type Place, type RowPerson } from "./recipient-edits";
import { personName } from "./recipient-words";

/** One line that ends before the cross. On a phone its parts are taller than the line they stand in. */
const SHAPE =
  "inline-flex h-6 max-w-full min-w-0 items-center rounded-[6px] border text-small font-medium max-md:h-8 max-md:rounded-[8px] max-md:text-ui";
const PART =
  "inline-flex h-6 min-w-0 max-w-full items-center gap-1.5 rounded-[5px] max-md:-my-1.5 max-md:h-11";

type Props = {
  person: RowPerson;
  isEditable: boolean;
  /** Removed by the next press of Backspace. */
  isMarked: boolean;
  onPlace: (place: Place | "out") => void;
};

/** Somebody in the row: name, address, and a cross. The name opens a menu. */
export function RecipientChip({ person, isEditable, isMarked, onPlace }: Props) {
  const { address, place, problem } = person;
  const name = personName(person);
  const other: Place = place === "to" ? "cc" : "to";
  const label = problem === null ? <Label person={person} /> : <BadLabel address={address} />;
  return (
    <li
      title={address}
      data-marked={isMarked}
      className={classNames(
        SHAPE,
        problem === null ? "border-line-strong" : "border-danger-line bg-danger-soft text-danger",
        "data-[marked=true]:border-ink data-[marked=true]:bg-hover",
      )}
    >
      {isEditable && problem === null ? (
        <Menu
          label={name === address ? address : `${name}, ${address}`}
          className="min-w-0"
          trigger={label}
          triggerClassName={classNames(PART, "pl-2 md:hover:bg-hover md:aria-expanded:bg-hover")}
        >
          <MenuGroup label={address}>
            <MenuItem onSelect={() => onPlace(other)}>Move to {PLACE_NAMES[other]}</MenuItem>
            <MenuItem onSelect={() => onPlace("out")}>Leave out of this reply</MenuItem>
          </MenuGroup>
        </Menu>
      ) : (
        <span className={classNames(PART, "pl-2")}>{label}</span>
      )}
      {isEditable ? (
        <button
          type="button"
          data-remove=""
          aria-label={`Remove ${name} from ${PLACE_NAMES[place]}`}
          onClick={() => onPlace("out")}
          className={classNames(
            "grid size-6 flex-none place-items-center rounded-[5px] max-md:-my-1.5 max-md:size-11",
            problem === null ? "text-ink-3 hover:text-ink" : "text-danger",
          )}
        >
          <Icon name="x" size={12} />
        </button>
      ) : (
        <span className="w-2 flex-none" />
      )}
    </li>
  );
}

function Label({ person: { name, address } }: { person: RowPerson }) {
  return (
    <>
      <span dir="auto" className={classNames("cut", name && "max-w-[60%] flex-none")}>
        {name || address}
      </span>
      {name && <span className="cut font-normal text-ink-3">{address}</span>}
    </>
  );
}

function BadLabel({ address }: { address: string }) {
  return (
    <>
      <Icon name="alert" size={12} />
      <s className="cut">{address}</s>
      <span className="sr-only">, left out</span>
    </>
  );
}

const WHY: Record<Newcomer["why"], string> = {
  wrote: "new here, not addressed",
  reply_to: "asks for answers here",
  copied: "named in a mail, not addressed",
};

type NewcomerProps = { newcomer: Newcomer; isEditable: boolean; onAdd: () => void };

/** Somebody who is offered: dashed, since nothing goes to them. */
export function NewcomerChip({ newcomer, isEditable, onAdd }: NewcomerProps) {
  const { name, address, why } = newcomer;
  return (
    <li title={address} className={classNames(SHAPE, "border-dashed border-ink-3 pl-2 max-md:h-11.5")}>
      <span className="flex min-w-0 gap-x-1.5 pr-2 max-md:flex-col">
        <span className="flex min-w-0 gap-1.5">
          <span dir="auto" className={classNames("cut", name && "max-w-[60%] flex-none")}>
            {name || address}
          </span>
          {name && <span className="cut font-normal text-ink-3">{address}</span>}
        </span>
        <span className="flex-none font-normal text-ink-3 max-md:text-small">
          <span className="max-md:sr-only">· </span>
          {WHY[why]}
        </span>
      </span>
      {isEditable && (
        <button
          type="button"
          aria-label={`Add ${name ? `${name}, ${address},` : address} to Cc`}
          onClick={onAdd}
          className="grid h-full flex-none place-items-center border-l border-dashed border-ink-3 px-2 text-mine hover:underline max-md:min-w-12"
        >
          Add
        </button>
      )}
    </li>
  );
}
