"use client";
import { useState, type SubmitEvent } from "react";
import useSWR from "swr";
import { fetchSettings, saveSettings, SETTINGS_PATH } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { FailedState } from "@/components/ui/FailedState";
import { Skeleton } from "@/components/ui/Skeleton";
import { RETENTION_DAYS_MAX, type SettingsResponse } from "@/lib/api/contracts";
import { Section } from "./Section";
import { TextField } from "./TextField";

/** For how long raw mails, and the texts of closed tickets, are kept. */
export function RetentionForm({ initial }: { initial?: SettingsResponse }) {
  const { data, error, mutate } = useSWR<SettingsResponse>(SETTINGS_PATH, fetchSettings, {
    fallbackData: initial,
  });
  return (
    <Section
      title="How long mails are kept"
      about="Without a number they are kept for good. A shorter time takes effect within minutes, and nobody can undo it."
    >
      {data && <Fields settings={data} refresh={() => mutate()} />}
      {!data && !error && <Skeleton rows={2} label="Loading the settings" />}
      {!data && error && (
        <FailedState title="The settings can’t be loaded" onRetry={() => void mutate()}>
          The desk can’t be reached. This page retries by itself.
        </FailedState>
      )}
    </Section>
  );
}

type FieldsProps = { settings: SettingsResponse; refresh: () => Promise<unknown> };

function Fields({ settings: { retention, revision }, refresh }: FieldsProps) {
  const stored = { raw: toText(retention.rawMailDays), bodies: toText(retention.closedBodiesDays) };
  const [draft, setDraft] = useState<typeof stored | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const { raw, bodies } = draft ?? stored;
  const save = useVerb({
    call: saveSettings,
    refresh,
    // Saved, or changed by somebody else: either way the fields show what is set now.
    onSettled: (outcome) => {
      const isOutdated =
        !outcome.ok && "reason" in outcome.failure && outcome.failure.reason === "changed_meanwhile";
      if (outcome.ok || isOutdated) setDraft(null);
    },
  });
  const isChanged = raw !== stored.raw || bodies !== stored.bodies;

  const isInvalid = !isDays(raw) || !isDays(bodies);
  const wanted = { rawMailDays: toDays(raw), closedBodiesDays: toDays(bodies) };
  const isShorter =
    isShorterThan(retention.rawMailDays, wanted.rawMailDays) ||
    isShorterThan(retention.closedBodiesDays, wanted.closedBodiesDays);

  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isShorter) setIsAsking(true);
    else saveWanted();
  }
  function saveWanted() {
    setIsAsking(false);
    save.run({ retention: wanted, revision });
  }
  return (
    <form onSubmit={handleSubmit} className="grid gap-4">
      <DaysField
        label="Mails as they arrived"
        hint="After that many days the original cannot be downloaded any more. Its ticket stays. A failed mail stays at least 30 days."
        value={raw}
        onChange={(value) => setDraft({ raw: value, bodies })}
      />
      <DaysField
        label="Texts and files of closed tickets"
        hint="Counted from the day a ticket was resolved. Who wrote, when and about what stays. A ticket that is open again is left alone."
        value={bodies}
        onChange={(value) => setDraft({ raw, bodies: value })}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          size="auto"
          variant="solid"
          disabled={!isChanged || isInvalid}
          pending={save.pending !== null}
          pendingLabel="Saving"
        >
          Save
        </Button>
        <span role="status" className="text-small text-ink-2">
          {isInvalid && `Enter whole days from 1 to ${RETENTION_DAYS_MAX}, or nothing to keep them for good.`}
          {!isInvalid && (save.isDone && !isChanged ? "Saved." : verbNote(save))}
        </span>
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Keep mails for a shorter time?"
          confirmLabel="Shorten"
          isDangerous
          onConfirm={saveWanted}
          onCancel={() => setIsAsking(false)}
        >
          <p>Everything that is older is removed within minutes. Nobody can undo it.</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

type DaysProps = { label: string; hint: string; value: string; onChange: (value: string) => void };

function DaysField(props: DaysProps) {
  return (
    <TextField
      {...props}
      unit="days"
      type="text"
      inputMode="numeric"
      autoComplete="off"
      aria-invalid={!isDays(props.value)}
      placeholder="For good"
      className="w-28"
    />
  );
}

function toText(days: number | null): string {
  return days === null ? "" : String(days);
}

function isDays(text: string): boolean {
  const days = toDays(text);
  return days === null || (/^\d+$/.test(text.trim()) && days >= 1 && days <= RETENTION_DAYS_MAX);
}

/** Null is for good. */
function isShorterThan(before: number | null, after: number | null): boolean {
  return after !== null && (before === null || after < before);
}

function toDays(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
