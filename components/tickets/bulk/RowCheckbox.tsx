"use client";
import { Checkbox } from "./Checkbox";

type Props = { subject: string; isChecked: boolean; onToggle: (isRange: boolean) => void };

/**
 * Selects the row: in the place of its dot, shown while the row is hovered or focused and while anything is selected. On a
 * phone it is there only while the member selects, and then the whole row is its target.
 */
export function RowCheckbox({ subject, isChecked, onToggle }: Props) {
  return (
    <Checkbox
      label={`Select ${subject || "this ticket"}`}
      isChecked={isChecked}
      onToggle={onToggle}
      className="absolute inset-y-0 left-0 z-1 w-9 max-md:right-0 max-md:w-auto max-md:justify-items-start max-md:pl-4 max-md:not-group-data-[selecting=true]/list:hidden"
      boxClassName="opacity-0 peer-checked:opacity-100 peer-focus-visible:opacity-100 group-hover/row:opacity-100 group-data-[selecting=true]/list:opacity-100"
    />
  );
}
