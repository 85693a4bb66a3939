import { countText, doneText } from "@/components/tickets/bulk/bulk-words";
import type { JobEntry } from "@/lib/api/contracts";

// How a job that has ended is told.

/** "Claimed 990. 10 were left as they are." `isOwn`: the reader started the job. */
export function endedText(job: JobEntry, isOwn: boolean): string {
  const { state, succeeded, refused, total } = job;
  const rest = total - succeeded - refused;
  const done = doneText(job.act, succeeded === 0 ? "none" : countText(succeeded));
  const outcome = [`${done}.`, refused > 0 && leftText(refused), rest > 0 && untouchedText(rest)];
  return [startText(job, isOwn), ...outcome, state === "done" && job.hasMore && moreText(total)]
    .filter(Boolean)
    .join(" ");
}

function startText({ state, error, by }: JobEntry, isOwn: boolean): string | null {
  switch (state) {
    case "cancelled":
      return "Cancelled.";
    case "stopped":
      return [isOwn ? "Stopped." : `A job of ${by.name} was stopped.`, error].filter(Boolean).join(" ");
    case "done":
    case "running":
      return null;
  }
}

function leftText(refused: number): string {
  return refused === 1 ? "One was left as it is." : `${countText(refused)} were left as they are.`;
}

function untouchedText(rest: number): string {
  return rest === 1 ? "One was not reached." : `${countText(rest)} were not reached.`;
}

function moreText(total: number): string {
  return `Only the first ${countText(total)} of the list were meant: do it again for more.`;
}
