"use client";
import { useEffect } from "react";
import useSWR from "swr";
import type { JobsResponse } from "@/lib/api/contracts";
import { fetchJobs, JOBS_PATH } from "./desk-api";
import { readSoon, useLive } from "./Live";
import type { LiveEvent } from "./live-log";
import { useMember } from "./Member";

/** Time between two reads while a job runs, and otherwise, in milliseconds. */
const READ_EVERY_MS = { running: 1_000, idle: 60_000 };

const readers = new Set<() => void>();

/** Has the jobs read again at once, as after the start of one, in the member's other windows too. */
export function readJobsNow(): void {
  for (const read of readers) read();
}

/** The member's own jobs over many tickets; none for a viewer, who cannot start one. */
export function useJobs(): { jobs: JobsResponse["jobs"]; refresh: () => Promise<unknown> } {
  const { id: memberId, role } = useMember();
  const { listen } = useLive();
  const mayStart = role !== "viewer";
  const { data, mutate } = useSWR<JobsResponse>(mayStart ? JOBS_PATH : null, fetchJobs, {
    refreshInterval: (latest) =>
      latest?.jobs.some(({ state }) => state === "running") ? READ_EVERY_MS.running : READ_EVERY_MS.idle,
    revalidateOnFocus: true,
  });
  useEffect(() => {
    if (!mayStart) return;
    const read = () => void mutate();
    const windows = otherWindows(memberId, read);
    const readInAll = () => {
      read();
      windows.tell();
    };
    readers.add(readInAll);
    // On another device, the tickets that a job changes tell of it.
    const soon = readSoon(read);
    const leave = listen((event) => isLikeJob(event, memberId) && soon.ask());
    return () => {
      readers.delete(readInAll);
      windows.close();
      leave();
      soon.stop();
    };
  }, [mayStart, memberId, listen, mutate]);
  return { jobs: data?.jobs ?? [], refresh: () => mutate() };
}

/** The member's other windows in this browser. */
function otherWindows(memberId: string, onTold: () => void) {
  if (typeof BroadcastChannel === "undefined") return { tell: () => {}, close: () => {} };
  const channel = new BroadcastChannel(`claimdesk.jobs.${memberId}`);
  channel.addEventListener("message", onTold);
  return { tell: () => channel.postMessage("read"), close: () => channel.close() };
}

/** Tickets that one member changes at the same time, as a job does and a single act does not. */
const AT_ONCE = 3;

/** True if a job of the member's may have changed these tickets. */
function isLikeJob(event: LiveEvent, memberId: string): boolean {
  if (event.name !== "rows") return event.name === "any";
  const own = event.data.rows.filter(({ lines }) => lines.some(({ by }) => by?.id === memberId));
  return own.length >= AT_ONCE;
}
