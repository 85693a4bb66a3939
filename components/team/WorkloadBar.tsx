import { useId } from "react";
import { classNames } from "@/components/ui/class-names";
import type { TeamRow } from "@/lib/api/contracts";
import { heldCount } from "./held";

const OPEN = { word: "open", fill: "fill-(--bar-1)", square: "bg-(--bar-1)" };
const IN_PROGRESS = { word: "in progress", fill: "fill-(--bar-2)", square: "bg-(--bar-2)" };
const WAITING = { word: "waiting", fill: "fill-(--bar-3)", square: "bg-(--bar-3)" };

type Props = {
  held: TeamRow["held"];
  /** The tickets of the member who holds the most: the whole width. */
  most: number;
};

/** The tickets that a member holds, by status: a bar, and the same in numbers and words. */
export function WorkloadBar({ held, most }: Props) {
  const id = useId();
  const total = heldCount({ held });
  const share = (count: number) => `${(count / most) * 100}%`;
  if (total === 0) return <span className="text-small text-ink-3">No tickets</span>;
  const parts = [
    { ...OPEN, count: held.open, from: 0 },
    { ...IN_PROGRESS, count: held.in_progress, from: held.open },
    { ...WAITING, count: held.waiting, from: held.open + held.in_progress },
  ].filter(({ count }) => count > 0);
  return (
    <span className="grid gap-1">
      <svg aria-hidden="true" className="h-2.5 w-full">
        {/* Both ends are round, wherever the bar ends. */}
        <clipPath id={id}>
          <rect width={share(total)} height="100%" rx="4" />
        </clipPath>
        <g clipPath={`url(#${id})`}>
          {parts.map(({ word, fill, from, count }) => (
            <rect key={word} x={share(from)} width={share(count)} height="100%" className={fill} />
          ))}
        </g>
      </svg>
      <span className="flex flex-wrap gap-x-3 text-small text-ink-2 tabular-nums">
        {parts.map(({ word, square, count }) => (
          <span key={word} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <span aria-hidden="true" className={classNames("size-2 rounded-[2px]", square)} />
            {count} {word}
          </span>
        ))}
      </span>
    </span>
  );
}
