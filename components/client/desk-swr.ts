"use client";
import { useCallback } from "react";
import { mutate as mutateShared, useSWRConfig, type SWRConfiguration } from "swr";
import { isTicketsKey } from "./desk-api";

/** Time between two reads without the live stream: a change by others is on the page within 2 s, in milliseconds. */
export const REFRESH_MS = 1_500;
const RETRY_MAX_MS = 8_000;

/** Keeps every read up to date. A hidden page does not read; it does as soon as it is visible again. */
export const DESK_SWR: SWRConfiguration = {
  dedupingInterval: 500,
  focusThrottleInterval: 1_000,
  keepPreviousData: true,
  onErrorRetry: (_error, _key, _config, revalidate, { retryCount }) => {
    const pauseMs = Math.min(REFRESH_MS * 2 ** (retryCount - 1), RETRY_MAX_MS);
    setTimeout(() => void revalidate({ retryCount }), pauseMs * (0.8 + Math.random() * 0.4));
  },
};

/** For a list: each visit starts from the rows the server just read, not from those of an earlier visit. */
export const OWN_CACHE = { provider: () => new Map() };

/** Reads every list and counter of tickets on the page again, at once. */
export function useRefreshDesk(): () => Promise<void> {
  const { mutate } = useSWRConfig();
  return useCallback(async () => {
    // A list has its own cache; the counters are in the shared one.
    await Promise.all([mutate(isTicketsKey), mutateShared(isTicketsKey)]);
  }, [mutate]);
}
