"use client";
import useSWR, { SWRConfig } from "swr";
import { fetchSettings, SETTINGS_PATH } from "@/components/client/desk-api";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { ListHeader } from "@/components/tickets/ListHeader";
import { FailedState } from "@/components/ui/FailedState";
import { PageLink } from "@/components/ui/PageLink";
import { Skeleton } from "@/components/ui/Skeleton";
import type { SettingsResponse } from "@/lib/api/contracts";
import { TeamRules } from "./TeamRules";

type Props = {
  /** As the server read them while rendering. Without them the page loads them. */
  initial?: SettingsResponse;
};

/** The rules of the team, for admins. */
export function SettingsScreen({ initial }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <ListHeader title="Settings" order="For admins" />
      <div className="min-h-0 flex-1 overflow-y-auto bg-canvas">
        <div className="grid max-w-200 gap-4 px-5 py-6 max-md:px-4">
          <Settings initial={initial} />
          <p className="text-pretty text-ink-2">
            Members are removed, let in again and relieved of their tickets under{" "}
            <PageLink href="/dashboard/team" className="font-medium text-mine hover:underline">
              Team
            </PageLink>
            . One customer’s data is exported and erased under{" "}
            <PageLink href="/dashboard/privacy" className="font-medium text-mine hover:underline">
              Privacy
            </PageLink>
            .
          </p>
        </div>
      </div>
    </SWRConfig>
  );
}

/** The settings are waiting, failed or full; they are never empty. */
function Settings({ initial }: Props) {
  const { data, error, mutate } = useSWR<SettingsResponse>(SETTINGS_PATH, fetchSettings, {
    fallbackData: initial,
  });
  if (data) return <TeamRules settings={data} refresh={() => mutate()} />;
  if (!error) return <Skeleton rows={4} label="Loading the settings" />;
  return (
    <FailedState title="The settings can’t be loaded" onRetry={() => void mutate()}>
      The desk can’t be reached. This page retries by itself.
    </FailedState>
  );
}
