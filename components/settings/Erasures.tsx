"use client";
import useSWR from "swr";
import { cancelErasure, ERASURES_PATH, fetchErasures } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ClockTime } from "@/components/ui/Age";
import { Button } from "@/components/ui/Button";
import { FailedState } from "@/components/ui/FailedState";
import { Skeleton } from "@/components/ui/Skeleton";
import type { ErasureEntry, ErasuresResponse } from "@/lib/api/contracts";
import { countsText } from "./counts-text";
import { Section } from "./Section";

/** How often a running erasure is read, in milliseconds. */
const PROGRESS_MS = 1_500;

/** The latest erasures with their progress. The list is waiting, empty, failed or full. */
export function Erasures({ initial }: { initial?: ErasuresResponse }) {
  const { data, error, mutate } = useSWR<ErasuresResponse>(ERASURES_PATH, fetchErasures, {
    fallbackData: initial,
    refreshInterval: (latest) =>
      latest?.erasures.some(({ state }) => state === "running") ? PROGRESS_MS : 0,
  });
  return (
    <Section title="Erasures">
      {data && data.erasures.length > 0 && (
        <ul aria-label="Erasures" className="border-y border-line">
          {data.erasures.map((erasure) => (
            <Row key={erasure._id} erasure={erasure} refresh={() => mutate()} />
          ))}
        </ul>
      )}
      {data && data.erasures.length === 0 && <p className="text-ink-2">Nobody has been erased yet.</p>}
      {!data && !error && <Skeleton rows={2} label="Loading the erasures" />}
      {!data && error && (
        <FailedState title="The erasures can’t be loaded" onRetry={() => void mutate()}>
          The desk can’t be reached. This page retries by itself.
        </FailedState>
      )}
    </Section>
  );
}

/** Each browser names the parts of a progress bar in its own way. */
const PROGRESS =
  "mt-1 h-1.5 w-full max-w-80 appearance-none overflow-hidden rounded-full border-0 bg-sunken " +
  "[&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent";

type RowProps = { erasure: ErasureEntry; refresh: () => Promise<unknown> };

function Row({ erasure, refresh }: RowProps) {
  const { _id, state, address, addressHash, byName, requestedAt, expected, done, error } = erasure;
  const cancel = useVerb({ call: cancelErasure, refresh });
  const name = address ?? `Customer ${addressHash}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-3 last:border-transparent">
      <div className="grid min-w-0 flex-1 basis-60 gap-0.5">
        <span className="cut font-medium" title={name}>
          {name}
        </span>
        <span className="text-small text-ink-3">
          {byName}, <ClockTime at={requestedAt} />
        </span>
        <span role="status" className="text-small text-pretty text-ink-2">
          {sentenceOf(erasure)}
          {error && ` ${error}`} {verbNote(cancel)}
        </span>
        {state === "running" && (
          <progress
            aria-label={`Progress of ${name}`}
            max={Math.max(1, expected.messages + expected.tickets)}
            value={done.messages + done.tickets}
            className={PROGRESS}
          />
        )}
      </div>
      {state === "running" && (
        <Button
          size="auto"
          pending={cancel.pending !== null}
          pendingLabel="Stopping"
          aria-label={`Stop the erasure of ${name}`}
          onClick={() => cancel.run(_id)}
        >
          Stop
        </Button>
      )}
    </li>
  );
}

function sentenceOf({ state, done, expected }: ErasureEntry): string {
  if (state === "running") return `Erasing: ${done.messages} of ${expected.messages} messages.`;
  return `${state === "done" ? "Erased" : "Stopped; erased until then"}: ${countsText(done)}.`;
}
