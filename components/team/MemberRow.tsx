"use client";
import { Age } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { classNames } from "@/components/ui/class-names";
import { useNow } from "@/components/ui/Now";
import { PageLink } from "@/components/ui/PageLink";
import { presenceText } from "@/components/ui/presence-text";
import type { TeamRow } from "@/lib/api/contracts";
import { ROLE_NAMES } from "@/lib/api/vocabulary";
import { heldCount, ticketsText } from "./held";
import { MemberActions, type MemberAct } from "./MemberActions";
import { ticketsHref } from "./tickets-href";
import { WorkloadBar } from "./WorkloadBar";

type Props = {
  row: TeamRow;
  /** The tickets of the member who holds the most. */
  most: number;
  /** Null if the reader may do nothing but look. */
  onAct: ((act: MemberAct) => void) | null;
};

/** The columns of a row, and of the heading above them. */
export const COLUMNS =
  "md:grid md:grid-cols-[minmax(0,1.3fr)_4.5rem_minmax(0,.9fr)_minmax(0,1.4fr)_5.5rem_2.25rem] md:items-center md:gap-x-4";

/** One member: name, role, presence, workload, the age of the longest waiting customer, and an admin's menu. */
export function MemberRow({ row, most, onAct }: Props) {
  const count = heldCount(row);
  return (
    <li
      className={classNames(
        COLUMNS,
        "border-b border-line px-5 py-3 last:border-transparent hover:bg-hover",
        "max-md:relative max-md:grid max-md:gap-2 max-md:px-4",
      )}
    >
      <div className="flex min-w-0 items-center gap-3 max-md:pr-12">
        <Avatar member={row} you={row.isYou} size="l" />
        <span className="min-w-0">
          <span className="cut block font-medium">{row.isYou ? "You" : row.name}</span>
          <span className="cut block text-small text-ink-3">{row.email}</span>
        </span>
      </div>
      <div className="flex gap-3 text-ink-2 max-md:pl-10 md:contents">
        <span>
          <ColumnName>Role</ColumnName>
          <span>{ROLE_NAMES[row.role]}</span>
        </span>
        <Presence row={row} />
      </div>
      <div className="grid min-w-0 gap-1 max-md:pl-10">
        <ColumnName>Holds</ColumnName>
        {/* A viewer who was a member may still hold tickets. */}
        {row.canHold || count > 0 ? (
          <WorkloadBar held={row.held} most={most} />
        ) : (
          <span className="text-small text-ink-3">May only look</span>
        )}
        {count > 0 && (
          <PageLink
            href={ticketsHref(row)}
            className="inline-flex items-center justify-self-start text-small font-medium text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink max-md:min-h-11"
          >
            {row.isYou ? "Your" : `${row.name}’s`} {ticketsText(count)}
          </PageLink>
        )}
      </div>
      <span className="text-small text-ink-3 max-md:pl-10 md:text-right">
        {row.oldestWaitingSince && (
          <>
            <span className="md:sr-only">oldest</span> <Age since={row.oldestWaitingSince} />
          </>
        )}
      </span>
      <span className="max-md:absolute max-md:top-2 max-md:right-2">
        {onAct && <MemberActions row={row} onAct={onAct} />}
      </span>
    </li>
  );
}

/** Says to a screen reader which column a value is of. */
function ColumnName({ children }: { children: string }) {
  return <span className="sr-only">{children}: </span>;
}

function Presence({ row }: { row: TeamRow }) {
  const now = useNow();
  return (
    <span className="inline-flex items-center gap-2">
      <ColumnName>Here</ColumnName>
      <span
        aria-hidden="true"
        className={classNames(
          "size-[7px] flex-none rounded-full",
          row.isHere ? "bg-live" : "text-ink-3 shadow-[inset_0_0_0_1.5px_currentColor]",
        )}
      />
      <span>{presenceText(row, now)}</span>
    </span>
  );
}
