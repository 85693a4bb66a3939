"use client";
import { useRef, type ReactNode } from "react";
import useSWR from "swr";
import { cancelJob, DESK_STATUS_PATH, fetchDeskStatus } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { countText, doingText } from "@/components/tickets/bulk/bulk-words";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { useFocusLeft } from "@/components/ui/use-focus-left";
import type { DeskStatusResponse, JobEntry } from "@/lib/api/contracts";
import { JobStrip } from "./JobStrip";

const STATUS_REFRESH_MS = 15_000;

type Props = {
  job: JobEntry;
  refresh: () => Promise<unknown>;
  /** Called if the strip leaves while its button has the focus. */
  onFocusLost: () => void;
  /** Tells of other jobs. */
  others: ReactNode;
};

/** How far a job is, why it waits if it does, and a button to cancel the rest. */
export function RunningJob({ job, refresh, onFocusLost, others }: Props) {
  const cancel = useRef<HTMLButtonElement>(null);
  useFocusLeft(cancel, onFocusLost);
  const { data: status } = useSWR<DeskStatusResponse>(DESK_STATUS_PATH, fetchDeskStatus, {
    refreshInterval: STATUS_REFRESH_MS,
  });
  const cancelling = useVerb({
    call: (jobId: string, options) => cancelJob(jobId, options),
    refresh,
  });
  const reached = job.succeeded + job.refused;
  const amount = `${countText(reached)} of ${countText(job.total)}`;
  const reason =
    job.error ?? (status?.worker ? "Nothing works on it at the moment. It goes on by itself." : null);
  const label = doingText(job.act, amount);
  const note = verbNote(cancelling);
  return (
    <JobStrip
      isOpen={reason !== null}
      icon={reason === null ? "all" : "clock"}
      meter={<Meter value={reached} most={job.total} label={label} />}
      acts={
        <>
          {others}
          <Button
            ref={cancel}
            size="auto"
            pending={cancelling.pending !== null || cancelling.isDone}
            pendingLabel="Cancelling"
            aria-label={`Cancel ${label.charAt(0).toLowerCase()}${label.slice(1)}`}
            onClick={() => cancelling.run(job._id)}
          >
            Cancel
          </Button>
        </>
      }
    >
      {label}
      {reason === null ? "…" : `. It waits: ${reason}`}
      {cancelling.isDone && " Cancelled: it ends after the tickets that are under way."}
      <span
        role="alert"
        className={classNames("block empty:hidden", cancelling.failure ? "text-danger" : "text-ink-2")}
      >
        {note}
      </span>
    </JobStrip>
  );
}

function Meter({ value, most, label }: { value: number; most: number; label: string }) {
  return (
    <progress
      aria-label={label}
      value={value}
      max={Math.max(most, 1)}
      className="absolute inset-x-0 bottom-0 block h-1 w-full appearance-none overflow-hidden border-0 bg-(--bar-3) [&::-moz-progress-bar]:bg-(--bar-1) [&::-webkit-progress-bar]:bg-(--bar-3) [&::-webkit-progress-value]:bg-(--bar-1)"
    />
  );
}
