"use client";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { saveSettings } from "@/components/client/desk-api";
import { useVerb, type Verb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import type { SettingsRequest, SettingsResponse } from "@/lib/api/contracts";
import { HandoverRule } from "./HandoverRule";
import { RetentionRule } from "./RetentionRule";
import { SaveBar } from "./SaveBar";
import {
  changedFields,
  changesInWords,
  DAYS_HINT,
  fieldsOf,
  isDays,
  onlyChanged,
  requestOf,
  shortenedInWords,
  type Draft,
} from "./settings-draft";
import { useAskBeforeClosing, useKeptDraft } from "./use-kept-draft";

type Props = { settings: SettingsResponse; refresh: () => Promise<unknown> };

/** The rules for the whole team. One save for all that is changed. */
export function TeamRules({ settings, refresh }: Props) {
  const [draft, setDraft] = useKeptDraft();
  const [isAsking, setIsAsking] = useState(false);
  const save = useVerb({
    call: saveSettings,
    refresh,
    onSettled: ({ ok }) => ok && setDraft({}),
  });
  const stored = fieldsOf(settings);
  const fields = { ...stored, ...draft };
  const changed = changedFields(settings, draft);
  const isValid = isDays(fields.rawMailDays) && isDays(fields.closedBodiesDays);
  const request = requestOf(settings, draft);
  const shortened = shortenedInWords(settings, request);
  const changes = changesInWords(settings, draft);
  useAskBeforeClosing(changed.length > 0);

  function change(part: Draft) {
    if (save.failure) save.reset();
    setDraft(onlyChanged(settings, { ...draft, ...part }));
  }
  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (changed.length === 0 || !isValid) return;
    if (shortened.length > 0) setIsAsking(true);
    else save.run(request);
  }
  function handleConfirm() {
    setIsAsking(false);
    save.run(request);
  }
  return (
    <form onSubmit={handleSubmit} className="rounded-card border border-line bg-surface">
      <h2 className="px-5 py-4 text-[15px]/6 font-semibold tracking-[-.01em] max-md:px-4">
        Rules for the whole team
      </h2>
      <HandoverRule
        mayMembersAssign={fields.mayMembersAssign}
        isChanged={changed.includes("mayMembersAssign")}
        onChange={(mayMembersAssign) => change({ mayMembersAssign })}
      />
      <RetentionRule values={fields} stored={stored} changed={changed} onChange={change} />
      <SaveBar
        changes={changes}
        note={noteOf({ save, isValid, changes })}
        canSave={isValid}
        pending={save.pending !== null}
        onDiscard={() => {
          save.reset();
          setDraft({});
        }}
      />
      {isAsking && (
        <ConfirmDialog
          title="Keep mails for a shorter time?"
          confirmLabel="Shorten"
          isDangerous
          onConfirm={handleConfirm}
          onCancel={() => setIsAsking(false)}
        >
          <p>
            {sentenceOf(shortened)} Everything that is older is removed within minutes. Nobody can undo it.
          </p>
        </ConfirmDialog>
      )}
    </form>
  );
}

function sentenceOf(parts: string[]): string {
  const words = parts.join(", and ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

type State = { save: Verb<SettingsRequest>; isValid: boolean; changes: string[] };

/** Why the changes are not saved, or that they are; null if there is nothing to say. */
function noteOf({ save, isValid, changes }: State): ReactNode {
  if (!isValid) return DAYS_HINT;
  const { failure } = save;
  if (failure?.kind === "refused" && failure.reason === "changed_meanwhile") {
    if (changes.length === 0) return "Somebody else has set exactly this meanwhile.";
    return `Somebody else changed the settings meanwhile. Not saved: ${changes.join("; ")}. Save it again, or discard it.`;
  }
  if (save.isDone && changes.length === 0) return "Saved.";
  return verbNote(save);
}
