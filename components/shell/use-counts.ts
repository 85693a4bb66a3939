"use client";
import useSWR from "swr";
import { COUNTS_PATH, fetchCounts } from "@/components/desk-api";
import type { CountsResponse } from "@/lib/tickets/contracts";

/** The three counters, kept fresh. */
export function useCounts(): { counts: CountsResponse | undefined; error: unknown } {
  const { data, error } = useSWR<CountsResponse>(COUNTS_PATH, fetchCounts);
  return { counts: data, error };
}
