import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { Icon, type IconName } from "./Icon";

type Tone = "mine" | "unclaimed" | "others" | "danger";

const TONES: Record<Tone, string> = {
  mine: "border-mine-line bg-mine-soft text-mine",
  unclaimed: "border-unclaimed-line bg-unclaimed-soft text-unclaimed",
  others: "border-others-line bg-others-soft text-others",
  danger: "border-danger-line bg-danger-soft text-danger",
};

type Props = {
  tone: Tone;
  icon?: IconName;
  /** `alert` interrupts a screen reader; `status` waits its turn. */
  role?: "alert" | "status";
  action?: ReactNode;
  className?: string;
  children: ReactNode;
};

/** A message above the content it is about: what happened, then what to do. */
export function Banner({ tone, icon, role = "status", action, className, children }: Props) {
  return (
    <div
      role={role}
      className={classNames(
        "flex items-start gap-2.5 border-b px-4 py-3 max-md:flex-wrap",
        TONES[tone],
        className,
      )}
    >
      {icon && <Icon name={icon} className="mt-0.5" />}
      <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
