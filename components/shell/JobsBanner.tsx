"use client";
import { usePathname } from "next/navigation";
import { useRef, useState } from "react";
import { z } from "zod";
import { useMember } from "@/components/client/Member";
import { useJobs } from "@/components/client/use-jobs";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { useNow } from "@/components/ui/Now";
import { useStoredChoice } from "@/components/ui/stored-choice";
import type { JobEntry } from "@/lib/api/contracts";
import { EndedJob } from "./EndedJob";
import { RunningJob } from "./RunningJob";

const DISMISSED_MAX = 50;
/** How long what became of a job is told, in milliseconds. */
const TOLD_MS = 10 * 60_000;
const TICKET_PAGE = /^\/dashboard\/tickets\/[0-9a-f]{24}/;

/**
 * A strip on every page for the member's acts on all tickets of a list: how far one is, then what became of it. It lies over
 * the lists, so that no row moves; a ticket's page, which ends in the reply, has it at the top.
 */
export function JobsBanner() {
  const { jobs, refresh } = useJobs();
  const [isDismissed, dismiss] = useDismissed();
  const now = useNow();
  const pathname = usePathname();
  const place = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const running = jobs.filter(({ state }) => state === "running");
  const isTold = ({ _id, endedAt }: JobEntry) =>
    endedAt !== null && now - Date.parse(endedAt) < TOLD_MS && !isDismissed(_id);
  const told = [...running, ...jobs.filter((job) => job.state !== "running" && isTold(job))];
  const job = told[at % told.length];
  const strip = {
    refresh,
    // The button that had the focus is gone with its strip; the next one is in the same place.
    onFocusLost: () => place.current?.focus({ preventScroll: true }),
    others: told.length > 1 && (
      <Button size="auto" variant="ghost" onClick={() => setAt((at + 1) % told.length)}>
        +{told.length - 1} more
      </Button>
    ),
  };
  return (
    <div
      ref={place}
      tabIndex={-1}
      data-job-strip={job && ""}
      className={classNames(
        "pointer-events-none flex flex-none justify-center outline-none",
        TICKET_PAGE.test(pathname) ? "px-4 not-empty:py-2" : OVER_THE_LIST,
      )}
    >
      {job?.state === "running" && <RunningJob key={job._id} job={job} {...strip} />}
      {job && job.state !== "running" && (
        <EndedJob key={job._id} job={job} {...strip} onDismiss={() => dismiss(job)} />
      )}
    </div>
  );
}

/** Above the place of the toasts. */
const OVER_THE_LIST =
  "fixed inset-x-0 bottom-18 z-10 px-4 max-md:bottom-[calc(var(--touch)+env(safe-area-inset-bottom)+5.25rem)] md:left-(--rail)";

/** Which ended jobs the member has dismissed in this browser. */
function useDismissed(): [isDismissed: (jobId: string) => boolean, dismiss: (job: JobEntry) => void] {
  const [stored, store] = useStoredChoice(`claimdesk.jobs-dismissed.${useMember().id}`);
  const dismissed = readIds(stored);
  return [
    (jobId) => dismissed.includes(jobId),
    ({ _id }) => store(JSON.stringify([_id, ...dismissed].slice(0, DISMISSED_MAX))),
  ];
}

function readIds(stored: string | null): string[] {
  try {
    return z.array(z.string()).safeParse(JSON.parse(stored ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}
