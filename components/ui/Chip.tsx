import type { ReactNode } from "react";
import { classNames } from "./class-names";
import { Icon, type IconName } from "./Icon";
import { OwnerRing } from "./OwnerRing";

/** `outside`: somebody or something that is not in. */
type Tone = "neutral" | "outside" | "unclaimed" | "waiting" | "resolved";

const TONES: Record<Tone, string> = {
  neutral: "border-line bg-surface text-ink-2",
  outside: "border-dashed border-ink-3 text-ink-2",
  unclaimed: "border-unclaimed-line bg-unclaimed-soft text-unclaimed",
  waiting: "border-waiting-line bg-waiting-soft text-waiting",
  resolved: "border-resolved-line bg-resolved-soft text-resolved",
};

type Props = { tone?: Tone; icon?: IconName; children: ReactNode };

/** A small rounded label: an icon and a word. */
export function Chip({ tone = "neutral", icon, children }: Props) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 flex-none justify-self-start items-center gap-[5px] rounded-full border px-[7px] text-micro font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

/** Marks a ticket without an assignee. */
export function UnclaimedChip() {
  return (
    <Chip tone="unclaimed">
      <OwnerRing state="nobody" />
      Unclaimed
    </Chip>
  );
}
