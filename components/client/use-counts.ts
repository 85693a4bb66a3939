"use client";
import useSWR from "swr";
import type { CountsResponse } from "@/lib/api/contracts";
import { COUNTS_PATH, fetchCounts } from "./desk-api";
import { useLiveEvents } from "./Live";

/** The counters of the three lists, kept up to date: the live stream brings them. */
export function useCounts(): { counts: CountsResponse | undefined; error: unknown } {
  const { data, error, mutate } = useSWR<CountsResponse>(COUNTS_PATH, fetchCounts);
  useLiveEvents((event) => {
    if (event.name !== "counts") return;
    const { now: _now, ...counts } = event.data;
    void mutate((current = data) => current && { ...current, ...counts }, { revalidate: false });
  });
  return { counts: data, error };
}
