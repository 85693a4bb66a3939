"use client";
import { useRef, useState, type ReactNode } from "react";
import { startJob } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { readJobsNow } from "@/components/client/use-jobs";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { useFocusLeft } from "@/components/ui/use-focus-left";
import type { JobEntry } from "@/lib/api/contracts";
import { endedText } from "./job-words";
import { JobProblems } from "./JobProblems";
import { JobStrip } from "./JobStrip";

type Props = {
  job: JobEntry;
  refresh: () => Promise<unknown>;
  onDismiss: () => void;
  /** Called if the strip leaves while one of its buttons has the focus. */
  onFocusLost: () => void;
  /** Tells of other jobs. */
  others: ReactNode;
};

/** The outcome of a job, why some tickets were left as they are, and a button to undo the rest. */
export function EndedJob({ job, refresh, onDismiss, onFocusLost, others }: Props) {
  const acts = useRef<HTMLDivElement>(null);
  useFocusLeft(acts, onFocusLost);
  const member = useMember();
  const [isAsked, setIsAsked] = useState(false);
  const undoing = useVerb({
    call: (jobId: string, options) => startJob({ action: "undo", jobId }, options),
    attemptMaxMs: 10_000,
    refresh,
    onSettled: ({ ok }) => {
      if (!ok) return;
      readJobsNow();
      onDismiss(); // its undo is told instead
    },
  });
  const isOwn = job.by.id === member.id;
  const isWhole = job.state === "done" && job.refused === 0;
  return (
    <JobStrip
      isOpen={!isWhole}
      icon={isWhole ? "done" : "alert"}
      acts={
        <div ref={acts} className="flex flex-wrap items-center justify-end gap-2">
          {others}
          {job.problems.length > 0 && (
            <Button size="auto" aria-haspopup="dialog" onClick={() => setIsAsked(true)}>
              See why
            </Button>
          )}
          {job.canUndo && isOwn && (
            <Button
              size="auto"
              icon="undo"
              pending={undoing.pending !== null}
              onClick={() => undoing.run(job._id)}
            >
              Undo
            </Button>
          )}
          <Button size="auto" variant="ghost" onClick={onDismiss}>
            Dismiss
          </Button>
        </div>
      }
    >
      {endedText(job, isOwn)}
      <span
        role="alert"
        className={classNames("block empty:hidden", undoing.failure ? "text-danger" : "text-ink-2")}
      >
        {verbNote(undoing)}
      </span>
      {isAsked && <JobProblems job={job} onClose={() => setIsAsked(false)} />}
    </JobStrip>
  );
}
