"use client";
import useSWR from "swr";
import { COUNTS_PATH, fetchCounts } from "./desk-api";
import type { CountsResponse } from "@/lib/api/contracts";
import { isOfTickets, useReadOnChange } from "./Live";

/** The counters of the three lists, kept up to date. */
export function useCounts(): { counts: CountsResponse | undefined; error: unknown } {
  const { data, error, mutate } = useSWR<CountsResponse>(COUNTS_PATH, fetchCounts);
  useReadOnChange(isOfTickets, () => void mutate());
  return { counts: data, error };
}
