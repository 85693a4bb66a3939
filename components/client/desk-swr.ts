"use client";
import { useCallback } from "react";
import { mutate as mutateShared, useSWRConfig, type SWRConfiguration } from "swr";
import { isTicketsKey } from "./desk-api";

/** Without the live stream, what somebody else did shows within 2 s: this, and the answer's way. */
export const REFRESH_MS = 1_500;
const RETRY_MAX_MS = 8_000;

/** How every read is kept fresh. Hidden pages rest; on their return they read at once. */
export const DESK_SWR: SWRConfiguration = {
  dedupingInterval: 500,
  focusThrottleInterval: 1_000,
  keepPreviousData: true,
  onErrorRetry: (_error, _key, _config, revalidate, { retryCount }) => {
    const pauseMs = Math.min(REFRESH_MS * 2 ** (retryCount - 1), RETRY_MAX_MS);
    setTimeout(() => void revalidate({ retryCount }), pauseMs * (0.8 + Math.random() * 0.4));
  },
};

/** For a list: each visit starts from what the server just read, not from what an earlier visit left behind. */
export const OWN_CACHE = { provider: () => new Map() };

/** Reads every list and counter on the page again, at once: after something was changed here. */
export function useRefreshDesk(): () => Promise<void> {
  const { mutate } = useSWRConfig();
  return useCallback(async () => {
    // A list keeps a cache of its own; the counters live in the shared one.
    await Promise.all([mutate(isTicketsKey), mutateShared(isTicketsKey)]);
  }, [mutate]);
}
