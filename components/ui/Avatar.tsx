import { classNames } from "./class-names";
import { initialsOf, tintOf } from "./people";

type Size = "xs" | "s" | "l" | "xl";

const ROUND = "inline-grid flex-none place-items-center font-semibold tracking-[.01em] select-none";
const SIZES: Record<Size, string> = {
  xs: "size-[18px] text-[8px]/none",
  s: "size-[22px] text-[9.5px]/none",
  l: "size-7 text-[11px]/none",
  xl: "size-9 text-[13px]/none",
};
const TINTS = [
  "bg-who-1 text-who-1-ink",
  "bg-who-2 text-who-2-ink",
  "bg-who-3 text-who-3-ink",
  "bg-who-4 text-who-4-ink",
  "bg-who-5 text-who-5-ink",
];

type Props = {
  member: { id: string; name: string };
  /** Adds the blue ring, which marks the reader. */
  you?: boolean;
  size?: Size;
  /** No name is beside it, so the avatar itself is named for screen readers. */
  alone?: boolean;
};

/** A team member: round and tinted, the same tint everywhere. */
export function Avatar({ member, you = false, size = "s", alone = false }: Props) {
  return (
    <span
      title={member.name}
      {...(alone ? { role: "img", "aria-label": you ? "You" : member.name } : { "aria-hidden": true })}
      className={classNames(
        ROUND,
        "rounded-full",
        SIZES[size],
        TINTS[tintOf(member.id) - 1],
        you && "mx-[3px] shadow-[0_0_0_1.5px_var(--surface),0_0_0_3px_var(--accent)]",
      )}
    >
      {initialsOf(member.name)}
    </span>
  );
}

/** A customer: a grey square, so that nobody takes them for a team member. Their name is always beside it. */
export function CustomerAvatar({ name, size = "s" }: { name: string; size?: Size }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        ROUND,
        "bg-cust text-ink-2",
        size === "s" ? "rounded-[6px]" : "rounded-control",
        SIZES[size],
      )}
    >
      {initialsOf(name)}
    </span>
  );
}
