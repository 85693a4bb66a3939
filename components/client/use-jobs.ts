"use client";
import { useEffect } from "react";
import useSWR from "swr";
import type { JobsResponse } from "@/lib/api/contracts";
import { fetchJobs, JOBS_PATH } from "./desk-api";
import { useMember } from "./Member";

/** Time between two reads while a job runs, and otherwise, in milliseconds. */
const READ_EVERY_MS = { running: 1_000, idle: 60_000 };

const readers = new Set<() => void>();

/** Has the jobs read again at once, as after the start of one. */
export function readJobsNow(): void {
  for (const read of readers) read();
}

/** The member's own jobs over many tickets; none for a viewer, who cannot start one. */
export function useJobs(): { jobs: JobsResponse["jobs"]; refresh: () => Promise<unknown> } {
  const member = useMember();
  const { data, mutate } = useSWR<JobsResponse>(member.role === "viewer" ? null : JOBS_PATH, fetchJobs, {
    refreshInterval: (latest) =>
      latest?.jobs.some(({ state }) => state === "running") ? READ_EVERY_MS.running : READ_EVERY_MS.idle,
    revalidateOnFocus: true,
  });
  useEffect(() => {
    const read = () => void mutate();
    readers.add(read);
    return () => void readers.delete(read);
  }, [mutate]);
  return { jobs: data?.jobs ?? [], refresh: () => mutate() };
}
