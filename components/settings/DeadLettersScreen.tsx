"use client";
import { useRef } from "react";
import useSWR, { SWRConfig } from "swr";
import { DEAD_LETTERS_PATH, fetchDeadLetters } from "@/components/client/desk-api";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { ListHeader } from "@/components/tickets/ListHeader";
import { AllSettled, EmptyState } from "@/components/ui/EmptyState";
import { FailedState } from "@/components/ui/FailedState";
import { Skeleton } from "@/components/ui/Skeleton";
import type { DeadLettersResponse } from "@/lib/api/contracts";
import { DeadLetterRow } from "./DeadLetterRow";

/** How often the list is read, in milliseconds. */
const REFRESH_MS = 5_000;

type Props = {
  /** As the server read it while rendering. Without it the page loads it. */
  initial?: DeadLettersResponse;
};

/** Work that the desk gave up after its last attempt, for an admin to retry. */
export function DeadLettersScreen({ initial }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <ListHeader title="Stopped work" order="Latest first" />
      <DeadLetters initial={initial} />
    </SWRConfig>
  );
}

/** The list is waiting, empty, failed or full. */
function DeadLetters({ initial }: Props) {
  const { data, error, mutate } = useSWR<DeadLettersResponse>(DEAD_LETTERS_PATH, fetchDeadLetters, {
    fallbackData: initial,
    refreshInterval: REFRESH_MS,
  });
  const list = useRef<HTMLUListElement>(null);
  if (!data) {
    return error ? (
      <FailedState title="The stopped work can’t be loaded" onRetry={() => void mutate()}>
        The desk can’t be reached. This page retries by itself.
      </FailedState>
    ) : (
      <Skeleton label="Loading the stopped work" />
    );
  }
  const { deadLetters, count } = data;
  if (deadLetters.length === 0) {
    return (
      <EmptyState title="Nothing has stopped" picture={<AllSettled />}>
        Work that the desk gives up after its last attempt waits here for an admin.
      </EmptyState>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <p className="border-b border-line px-5 py-3 text-pretty text-ink-2 max-md:px-4">
        The desk gave these up after its last attempt. Mend what each one names, then retry it.
        {count !== deadLetters.length && ` These are the latest ${deadLetters.length} of ${count}.`}
      </p>
      {/* The focus comes here when the row of a pressed button goes. */}
      <ul ref={list} tabIndex={-1} aria-label="Stopped work" className="outline-none">
        {deadLetters.map((letter) => (
          <DeadLetterRow
            key={letter._id}
            letter={letter}
            refresh={() => mutate()}
            onRetried={() => list.current?.focus()}
          />
        ))}
      </ul>
    </div>
  );
}
