"use client";
import useSWR from "swr";
import { COUNTS_PATH, fetchCounts } from "@/components/desk-api";
import type { CountsResponse } from "@/lib/tickets/contracts";

/** The three counters, kept fresh. `initial` is what the server read while rendering. */
export function useCounts(initial?: CountsResponse): { counts: CountsResponse | undefined; error: unknown } {
  const { data, error } = useSWR<CountsResponse>(COUNTS_PATH, fetchCounts, { fallbackData: initial });
  return { counts: data, error };
}
