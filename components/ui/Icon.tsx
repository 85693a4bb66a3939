import type { ReactNode } from "react";
import { classNames } from "./class-names";

// On a grid of 24 units: one stroke, round ends, and a fill only for a quantity.
const SHAPES = {
  alert: (
    <>
      <path d="M12 4 2.8 19.5h18.4z" />
      <path d="M12 10v4.5M12 17v.01" />
    </>
  ),
  all: (
    <>
      <path d="m12 3 9 4.8-9 4.8-9-4.8z" />
      <path d="m3.5 12.5 8.5 4.5 8.5-4.5" />
      <path d="m3.5 17 8.5 4.5 8.5-4.5" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  clip: (
    <path d="m20 11.5-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 17a1.6 1.6 0 0 1-2.3-2.3l7.5-7.5" />
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5l3.2 2" />
    </>
  ),
  done: (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m8 12.3 2.8 2.7L16 9.5" />
    </>
  ),
  down: <path d="m6 9.5 6 6 6-6" />,
  download: (
    <>
      <path d="M12 4v11" />
      <path d="m7.5 11 4.5 4.5 4.5-4.5" />
      <path d="M4.5 20h15" />
    </>
  ),
  filter: <path d="M4 7h16M7.5 12h9M10.5 17h3" />,
  inbox: (
    <>
      <path d="M3 13h5l1.5 3h5L16 13h5" />
      <path d="M6 5h12l3 8v4.5a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5V13z" />
    </>
  ),
  keyboard: (
    <>
      <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
      <path d="M6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8 14h8" />
    </>
  ),
  left: <path d="m14.5 6-6 6 6 6" />,
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
      <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />
    </>
  ),
  mail: (
    <>
      <rect x="3" y="5" width="18" height="14" rx="2.5" />
      <path d="m3.5 7.5 8.5 6 8.5-6" />
    </>
  ),
  mine: (
    <>
      <circle cx="10" cy="8" r="4" />
      <path d="M3 20c.6-3.6 3.4-6 7-6 1.3 0 2.5.3 3.5.8" />
      <path d="m15 18.5 2 2 4-4" />
    </>
  ),
  moon: <path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z" />,
  more: <path strokeWidth="3" d="M5 12h.01M12 12h.01M19 12h.01" />,
  note: (
    <>
      <path d="M5 4h14a1 1 0 0 1 1 1v9l-6 6H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1z" />
      <path d="M14 20v-5a1 1 0 0 1 1-1h5" />
    </>
  ),
  open: (
    <>
      <path d="M14 4h6v6" />
      <path d="m20 4-8.5 8.5" />
      <path d="M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5" />
    </>
  ),
  plus: <path d="M12 5v14M5 12h14" />,
  release: (
    <>
      <path d="M15 12H4" />
      <path d="m8 8-4 4 4 4" />
      <path d="M12 4h6a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-6" />
    </>
  ),
  reply: (
    <>
      <path d="M9 6 4 11l5 5" />
      <path d="M4 11h10a6 6 0 0 1 6 6v2" />
    </>
  ),
  retry: (
    <>
      <path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3" />
      <path d="M19.5 4v4.5H15" />
    </>
  ),
  right: <path d="m9.5 6 6 6-6 6" />,
  send: (
    <>
      <path d="M20.5 3.5 3.5 10l7 3.5 3.5 7z" />
      <path d="m10.5 13.5 4-4" />
    </>
  ),
  settings: (
    <>
      <path d="M4 8h8M18 8h2M4 16h2M12 16h8" />
      <circle cx="15" cy="8" r="2.6" />
      <circle cx="9" cy="16" r="2.6" />
    </>
  ),
  shield: (
    <>
      <path d="M12 3.5 4.5 6v5.5c0 4.5 3 7.7 7.5 9 4.5-1.3 7.5-4.5 7.5-9V6z" />
      <path d="M12 8.5v4M12 15.7v.01" />
    </>
  ),
  signOut: (
    <>
      <path d="M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4" />
      <path d="M10 12h10" />
      <path d="m16 8 4 4-4 4" />
    </>
  ),
  statusInProgress: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.2a4.8 4.8 0 0 1 0 9.6z" fill="currentColor" stroke="none" />
    </>
  ),
  statusOpen: <circle cx="12" cy="12" r="8.5" />,
  sun: (
    <>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1" />
    </>
  ),
  system: (
    <>
      <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
      <path d="M8.5 20h7M12 16.5V20" />
    </>
  ),
  team: <path d="M5 20v-6M10 20V9M15 20v-8M20 20V5" />,
  undo: (
    <>
      <path d="M8 5 4 9l4 4" />
      <path d="M4 9h10a5.5 5.5 0 0 1 0 11h-4" />
    </>
  ),
  up: <path d="m6 14.5 6-6 6 6" />,
  updown: (
    <>
      <path d="m8 9.5 4-4 4 4" />
      <path d="m8 14.5 4 4 4-4" />
    </>
  ),
  window: (
    <>
      <rect x="3" y="4.5" width="18" height="15" rx="2.5" />
      <path d="M3 9.5h18" />
    </>
  ),
  x: <path d="M6 6l12 12M18 6 6 18" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

type Props = {
  name: IconName;
  /** 12 inside chips and ages, 14 beside small text, 16 elsewhere. */
  size?: 12 | 14 | 16 | 20;
  /** A heavier stroke, for a small icon that must be noticed. */
  isBold?: boolean;
  className?: string;
};

const SIZES = { 12: "size-3", 14: "size-3.5", 16: "size-4", 20: "size-5" };

/** Always decorative: a word beside it or the button's name gives the meaning. */
export function Icon({ name, size = 16, isBold = false, className }: Props) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={classNames(
        "flex-none fill-none stroke-current",
        isBold ? "stroke-[2.2]" : "stroke-[1.8]",
        "[stroke-linecap:round] [stroke-linejoin:round]",
        SIZES[size],
        className,
      )}
    >
      {SHAPES[name]}
    </svg>
  );
}
