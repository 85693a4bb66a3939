"use client";
import { useEffect, useRef, useState } from "react";
import useSWR, { SWRConfig } from "swr";
import { fetchTeam, TEAM_PATH } from "@/components/client/desk-api";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { useMember } from "@/components/client/Member";
import { ListHeader } from "@/components/tickets/ListHeader";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/EmptyState";
import { FailedState } from "@/components/ui/FailedState";
import { Skeleton } from "@/components/ui/Skeleton";
import type { TeamResponse, TeamRow } from "@/lib/api/contracts";
import { heldCount } from "./held";
import type { MemberAct } from "./MemberActions";
import { MemberDialog } from "./MemberDialog";
import { COLUMNS, MemberRow } from "./MemberRow";
import { RemovedMembers } from "./RemovedMembers";

/** How often the team is read, in milliseconds. */
const REFRESH_MS = 15_000;

type Props = {
  /** As the server read it while rendering. Without it the page loads it. */
  initial?: TeamResponse;
};

/** Who is on the team, who is here, and how much each member holds. */
export function TeamScreen({ initial }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <Team initial={initial} />
    </SWRConfig>
  );
}

/** The team is waiting, empty, failed or full. */
function Team({ initial }: Props) {
  const { data, error, mutate } = useSWR<TeamResponse>(TEAM_PATH, fetchTeam, {
    fallbackData: initial,
    refreshInterval: REFRESH_MS,
    revalidateOnFocus: true,
  });
  const here = data?.members.filter(({ isHere }) => isHere).length ?? 0;
  return (
    <>
      <ListHeader title="Team" order={data ? `${here} of ${data.members.length} here now` : ""} />
      {data && <Members team={data} refresh={() => mutate()} />}
      {!data && !error && <Skeleton label="Loading the team" />}
      {!data && error && (
        <FailedState title="The team can’t be loaded" onRetry={() => void mutate()}>
          The desk can’t be reached. This page retries by itself.
        </FailedState>
      )}
    </>
  );
}

type MembersProps = { team: TeamResponse; refresh: () => Promise<unknown> };

function Members({ team: { members, removed }, refresh }: MembersProps) {
  const isAdmin = useMember().role === "admin";
  const [asked, setAsked] = useState<{ act: MemberAct; row: TeamRow } | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const isRowGone = useRef(false);
  // The row, and the button that had the focus, may be gone.
  const focusList = () => list.current?.focus();
  useEffect(() => {
    if (asked === null && isRowGone.current) focusList();
    isRowGone.current = false;
  }, [asked]);
  if (members.length === 0) {
    return <EmptyState title="Nobody has signed in yet">Whoever signs in once is listed here.</EmptyState>;
  }
  const most = Math.max(...members.map(heldCount));
  function close(isDone: boolean) {
    isRowGone.current = isDone && asked?.act === "remove";
    setAsked(null);
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <ColumnNames />
      <ul ref={list} tabIndex={-1} aria-label="Team members" className="outline-none">
        {members.map((row) => (
          <MemberRow
            key={row.id}
            row={row}
            most={most}
            onAct={isAdmin ? (act) => setAsked({ act, row }) : null}
          />
        ))}
      </ul>
      {members.length === 1 && (
        <p className="px-5 py-3 text-ink-2 max-md:px-4">
          Nobody else is here yet. Whoever signs in once is listed.
        </p>
      )}
      {removed.length > 0 && <RemovedMembers {...{ removed, refresh }} onRestored={focusList} />}
      {asked && <MemberDialog {...asked} refresh={refresh} onClose={close} />}
    </div>
  );
}

/** On a phone, and for a screen reader, each value says by itself which it is. */
function ColumnNames() {
  return (
    <div className={classNames(COLUMNS, "h-9 border-b border-line px-5 text-small text-ink-3 max-md:hidden")}>
      {["Name", "Role", "Here", "Holds", "Oldest"].map((name) => (
        <span key={name} className={name === "Oldest" ? "text-right" : undefined}>
          {name}
        </span>
      ))}
    </div>
  );
}
