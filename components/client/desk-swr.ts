"use client";
import { useCallback } from "react";
import { mutate as mutateShared, useSWRConfig, type SWRConfiguration } from "swr";
import { COUNTS_PATH, isTicketsKey } from "./desk-api";
import { useIsPolling } from "./Live";
import { useIsHere } from "./use-is-here";

/** Longest time between two reads without the live stream: a change by others is on the page within 2 s, in milliseconds. */
const REFRESH_MS = 1_500;
const RETRY_MAX_MS = 8_000;

/** Not in all windows at once. */
const refreshPause = () => REFRESH_MS * (1 - Math.random() / 10);

const DESK_SWR: SWRConfiguration = {
  dedupingInterval: 500,
  focusThrottleInterval: 1_000,
  keepPreviousData: true,
  // The server has just read what it rendered.
  revalidateIfStale: false,
  onErrorRetry: (_error, _key, _config, revalidate, { retryCount }) => {
    const pauseMs = Math.min(REFRESH_MS * 2 ** (retryCount - 1), RETRY_MAX_MS);
    setTimeout(() => void revalidate({ retryCount }), pauseMs * (0.8 + Math.random() * 0.4));
  },
};

/**
 * How reads are kept up to date: by the live stream, and by reading again while there is none. A hidden page does not
 * read; it does as soon as it is visible again.
 */
export function useDeskSwr(): SWRConfiguration {
  const isPolling = useIsPolling();
  return { ...DESK_SWR, refreshInterval: isPolling ? refreshPause : 0, revalidateOnFocus: isPolling };
}

/** For a list: each visit starts from the rows the server just read, not from those of an earlier visit. */
export const OWN_CACHE = { provider: () => new Map() };

/** Reads every list of tickets on the page again, at once; without the live stream the counters too. */
export function useRefreshDesk(): () => Promise<void> {
  const { mutate } = useSWRConfig();
  const isPolling = useIsPolling();
  const isHere = useIsHere();
  return useCallback(async () => {
    const isRead = (key: unknown) => isTicketsKey(key) && (isPolling || key !== COUNTS_PATH);
    // A list has its own cache; the counters are in the shared one.
    await Promise.all([isHere() && mutate(isRead), mutateShared(isRead)]);
  }, [mutate, isPolling, isHere]);
}
