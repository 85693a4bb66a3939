import type { ReactNode } from "react";
import { classNames } from "./class-names";

type Props = { children: ReactNode; on?: "surface" | "accent" | "toast" };

const GROUNDS = {
  surface: "border-line-strong bg-surface text-ink-3",
  accent: "border-on-accent/40 text-on-accent",
  toast: "border-on-toast-line text-on-toast",
};

/** A key cap, hidden from screen readers so that it is not read as part of a button's name. */
export function Kbd({ children, on = "surface" }: Props) {
  return (
    <kbd
      aria-hidden="true"
      className={classNames(
        "inline-grid h-[18px] min-w-[18px] flex-none place-items-center rounded-key border px-1",
        "font-sans text-micro font-medium",
        GROUNDS[on],
      )}
    >
      {children}
    </kbd>
  );
}
