"use client";
import { useId, useLayoutEffect, useRef } from "react";
import useSWR from "swr";
import { fetchJob, jobPath } from "@/components/client/desk-api";
import { countText } from "@/components/tickets/bulk/bulk-words";
import { ticketHref } from "@/components/tickets/ticket-paths";
import { Button } from "@/components/ui/Button";
import { PageLink } from "@/components/ui/PageLink";
import type { JobEntry, JobResponse } from "@/lib/api/contracts";

type Props = { job: JobEntry; onClose: () => void };

/** The tickets that a job left as they are, and why. It opens when mounted. */
export function JobProblems({ job, onClose }: Props) {
  const { refused } = job;
  // The list of jobs has the first ones only.
  const hasMore = refused > job.problems.length;
  const { data } = useSWR<JobResponse>(hasMore ? jobPath(job._id) : null, () => fetchJob(job._id));
  const problems = data?.job.problems ?? job.problems;
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const isCut = refused > problems.length;
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
      className="m-auto w-140 max-w-[calc(100vw-2rem)] animate-rise rounded-sheet border border-line bg-raised p-0 text-ink shadow-float backdrop:bg-[light-dark(rgb(40_36_30/.35),rgb(0_0_0/.6))]"
    >
      <div className="flex max-h-[80dvh] flex-col">
        <h2 id={id} className="px-5 pt-5 text-title font-semibold tracking-[-.01em]">
          {refused === 1
            ? "One ticket was left as it is"
            : `${countText(refused)} tickets were left as they are`}
        </h2>
        {isCut && <p className="px-5 pt-1 text-ink-2">Here are the first {countText(problems.length)}.</p>}
        <ul className="mt-3 min-h-0 flex-1 overflow-y-auto border-y border-line px-5">
          {problems.map(({ threadId, reference, subject, error }) => (
            <li key={threadId} className="border-b border-line py-2.5 last:border-transparent">
              <PageLink
                href={ticketHref(threadId)}
                onClick={onClose}
                className="rounded-key font-medium wrap-anywhere underline-offset-2 hover:underline max-md:inline-block max-md:py-3"
              >
                <span className="text-ink-3 tabular-nums">{reference}</span>{" "}
                <bdi>{subject || "No subject"}</bdi>
              </PageLink>
              <p className="wrap-anywhere text-ink-2">{error}</p>
            </li>
          ))}
        </ul>
        <div className="flex justify-end p-4">
          <Button size="auto" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    </dialog>
  );
}
