"use client";
import type { ChangeEvent } from "react";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";

type Props = {
  label: string;
  isChecked: boolean;
  /** Some of what it stands for is checked. */
  isMixed?: boolean;
  /** `isRange`: Shift was held. */
  onToggle: (isRange: boolean) => void;
  /** Of the area that can be pressed, which is larger than the box. */
  className: string;
  boxClassName?: string;
};

/** A checkbox of a list, in our look. */
export function Checkbox({ label, isChecked, isMixed = false, onToggle, className, boxClassName }: Props) {
  function handleChange({ nativeEvent }: ChangeEvent) {
    onToggle(nativeEvent instanceof MouseEvent && nativeEvent.shiftKey);
  }
  const isFilled = isChecked || isMixed;
  return (
    <span className={classNames("grid place-items-center", className)}>
      <input
        type="checkbox"
        aria-label={label}
        checked={isChecked}
        ref={(element) => {
          if (element) element.indeterminate = isMixed;
        }}
        onChange={handleChange}
        onMouseDown={(event) => event.shiftKey && event.preventDefault()} // Shift would mark text
        className="peer absolute inset-0 cursor-pointer appearance-none outline-none"
      />
      <span
        aria-hidden="true"
        className={classNames(
          "pointer-events-none grid size-4 place-items-center rounded-key border-[1.5px] peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent max-md:size-[22px]",
          isFilled ? "border-accent bg-accent text-on-accent" : "border-ink-3 bg-surface",
          boxClassName,
        )}
      >
        {isMixed && <span className="h-0.5 w-2 rounded-full bg-current" />}
        {isChecked && !isMixed && <Icon name="check" size={12} isBold />}
      </span>
    </span>
  );
}
