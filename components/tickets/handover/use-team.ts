"use client";
import useSWR from "swr";
import { fetchTeam, TEAM_PATH } from "@/components/client/desk-api";
import type { TeamResponse } from "@/lib/api/contracts";

/** Who is here and how much they hold may be that old, in milliseconds. */
const REFRESH_MS = 15_000;

/** The team with its load, read anew whenever somebody is about to choose from it. */
export function useTeam() {
  return useSWR<TeamResponse, unknown>(TEAM_PATH, fetchTeam, {
    revalidateOnMount: true,
    refreshInterval: REFRESH_MS,
  });
}
