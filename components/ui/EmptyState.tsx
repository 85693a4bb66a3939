import type { ReactNode } from "react";

type Props = {
  title: string;
  /** 1 if the page has no other heading. */
  level?: 1 | 2;
  children?: ReactNode;
  /** At most one button: the next step. */
  action?: ReactNode;
  picture?: ReactNode;
};

/** Shown in place of content: says the state, then what to do. */
export function EmptyState({ title, level = 2, children, action, picture }: Props) {
  const Heading = `h${level}` as const;
  return (
    <div className="m-auto grid max-w-[380px] animate-rise justify-items-center px-6 pt-10 pb-20 text-center">
      {picture && <div className="mb-5">{picture}</div>}
      <Heading className="text-[17px]/6 font-semibold tracking-[-.01em]">{title}</Heading>
      {children && <div className="mt-1.5 text-balance text-ink-2">{children}</div>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

/** Picture of a list with nothing left to do. */
export function AllSettled() {
  return (
    <svg viewBox="0 0 132 44" className="h-11 w-33 fill-none" aria-hidden="true">
      <g className="stroke-line-strong" strokeWidth="2">
        <circle cx="18" cy="22" r="13" />
        <circle cx="114" cy="22" r="13" />
      </g>
      <path
        d="m13 22.5 3.5 3.5 7-7.5m85.5 4 3.5 3.5 7-7.5"
        className="stroke-ink-3 [stroke-linecap:round] [stroke-linejoin:round]"
        strokeWidth="2"
      />
      <circle cx="66" cy="22" r="19" className="fill-mine-soft stroke-mine-line" strokeWidth="2" />
      <path
        d="m58.5 22.5 5 5 10-10.5"
        className="stroke-mine [stroke-linecap:round] [stroke-linejoin:round]"
        strokeWidth="2.5"
      />
    </svg>
  );
}
