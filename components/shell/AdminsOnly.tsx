"use client";
import useSWR from "swr";
import { fetchTeam, TEAM_PATH } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { ButtonLink } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";
import type { TeamResponse } from "@/lib/api/contracts";
import { ROLE_NAMES } from "@/lib/api/vocabulary";

/** In place of a page that the member's role may not open: says who may, and whom to ask. */
export function AdminsOnly() {
  const { role } = useMember();
  const { data, error } = useSWR<TeamResponse>(TEAM_PATH, fetchTeam, { revalidateOnMount: true });
  return (
    <EmptyState
      title="Only admins may open this page"
      level={1}
      action={
        <ButtonLink href="/dashboard" size="auto">
          Go to Unassigned
        </ButtonLink>
      }
    >
      You are signed in as a {ROLE_NAMES[role].toLowerCase()}. <span role="status">{whom(data, error)}</span>
    </EmptyState>
  );
}

/** Whom to ask; the names follow once the team is read. */
function whom(team: TeamResponse | undefined, error: unknown): string {
  const names = team?.members.filter(({ role }) => role === "admin").map(({ name }) => name) ?? [];
  if (names.length > 0) return `Ask ${listed(names)}.`;
  return team || error ? "Ask an admin of your team." : "";
}

/** "Maya, Ines or Sam"; of many the first three. */
function listed(names: string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(names.slice(0, 3));
}
