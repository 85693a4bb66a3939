"use client";
import { useRef } from "react";
import { z } from "zod";
import { useMember } from "@/components/client/Member";
import { useJobs } from "@/components/client/use-jobs";
import { useStoredChoice } from "@/components/ui/stored-choice";
import type { JobEntry } from "@/lib/api/contracts";
import { EndedJob } from "./EndedJob";
import { RunningJob } from "./RunningJob";

const DISMISSED_MAX = 50;
/** Most ended jobs that are told at once, the latest ones. */
const ENDED_MAX = 2;

/** Banners on every page for the member's acts on all tickets of a list: how far they are, then what became of them. */
export function JobsBanner() {
  const { jobs, refresh } = useJobs();
  const [isDismissed, dismiss] = useDismissed();
  const place = useRef<HTMLDivElement>(null);
  // The button that had the focus is gone with its banner; the next one is in the same place.
  const onFocusLost = () => place.current?.focus({ preventScroll: true });
  const running = jobs.filter(({ state }) => state === "running");
  const ended = jobs.filter(({ _id, state }) => state !== "running" && !isDismissed(_id));
  return (
    <div ref={place} tabIndex={-1} className="flex-none outline-none">
      {running.map((job) => (
        <RunningJob key={job._id} {...{ job, refresh, onFocusLost }} />
      ))}
      {ended.slice(0, ENDED_MAX).map((job) => (
        <EndedJob key={job._id} {...{ job, refresh, onFocusLost }} onDismiss={() => dismiss(job)} />
      ))}
    </div>
  );
}

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
