import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

type Props = Omit<ComponentProps<"input">, "onChange"> & {
  label: ReactNode;
  hint?: ReactNode;
  /** Shown behind the field, such as a unit. */
  unit?: string;
  /** Its value is not saved yet. */
  isChanged?: boolean;
  onChange: (value: string) => void;
};

/** A line of text with its label. */
export function TextField({ label, hint, unit, isChanged = false, onChange, className, ...input }: Props) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="max-w-140 text-small text-pretty text-ink-3">
          {hint}
        </p>
      )}
      <div className="mt-0.5 flex items-center gap-2">
        <input
          id={id}
          aria-describedby={hint ? `${id}-hint` : undefined}
          {...input}
          data-changed={isChanged || undefined}
          onChange={(event) => onChange(event.target.value)}
          className={classNames(
            "h-(--control) min-w-0 rounded-control border border-line-strong bg-raised px-2.5 placeholder:text-ink-3",
            "data-changed:border-ink data-changed:ring-1 data-changed:ring-ink",
            "max-md:h-(--touch) max-md:rounded-touch max-md:text-touch",
            className,
          )}
        />
        {unit && <span className="text-ink-2">{unit}</span>}
      </div>
    </div>
  );
}
