"use client";
import useSWR from "swr";
import { fetchPreferences, PREFERENCES_PATH, savePreferences } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { MenuIcon, MenuItem } from "@/components/ui/Menu";
import type { PreferencesResponse } from "@/lib/api/contracts";

/** The member's choice to be mailed when somebody gives them a ticket. Read when the menu opens. */
export function HandoverMailSwitch() {
  const { data, error, mutate } = useSWR<PreferencesResponse>(PREFERENCES_PATH, fetchPreferences, {
    revalidateOnMount: true,
    refreshInterval: 0,
  });
  const save = useVerb({
    call: savePreferences,
    refresh: (outcome) => mutate(outcome.ok ? outcome.value : undefined, { revalidate: !outcome.ok }),
  });
  const wanted = save.pending?.argument.mailOnHandover;
  const isOn = wanted ?? data?.preferences.mailOnHandover ?? false;
  return (
    <>
      <MenuItem
        icon={<MenuIcon name="mail" />}
        isSwitch
        isChecked={isOn}
        stayOpen
        onSelect={() => {
          if (data) save.run({ mailOnHandover: !isOn });
          else void mutate();
        }}
      >
        Mail me when I am given a ticket
      </MenuItem>
      <p role="status" className="max-w-60 px-2.5 pb-1 pl-9 text-small text-pretty text-ink-3 empty:hidden">
        {noteOf({ data, error }) ?? verbNote(save)}
      </p>
    </>
  );
}

function noteOf({ data, error }: { data: PreferencesResponse | undefined; error: unknown }): string | null {
  if (!data) return error ? "This choice can’t be loaded. Press it to try again." : "Loading";
  return data.canMail ? null : "The desk has no mail server yet, so it mails nobody.";
}
