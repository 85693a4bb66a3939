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
  isShortening,
  requestOf,
} from "./settings-draft";
import type { Draft } from "./settings-draft";

type Props = { settings: SettingsResponse; refresh: () => Promise<unknown> };

/** The rules for the whole team. One save for all that is changed. */
export function TeamRules({ settings, refresh }: Props) {
  const [draft, setDraft] = useState<Draft>({});
  const [isAsking, setIsAsking] = useState(false);
  // The changes, in words, that were given up because somebody else changed the settings first.
  const [lost, setLost] = useState<string[]>([]);
  const save = useVerb({
    call: saveSettings,
    refresh,
    onSettled: (outcome) => {
      if (outcome.ok) return setDraft({});
      if (!("reason" in outcome.failure) || outcome.failure.reason !== "changed_meanwhile") return;
      setLost(changesInWords(settings, draft));
      setDraft({}); // the fields show what is set now
    },
  });
  const fields = { ...fieldsOf(settings), ...draft };
  const changed = changedFields(settings, draft);
  const isValid = isDays(fields.rawMailDays) && isDays(fields.closedBodiesDays);
  const request = requestOf(settings, draft);

  function change(part: Draft) {
    if (save.failure) save.reset();
    setLost([]);
    setDraft({ ...draft, ...part });
  }
  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (changed.length === 0 || !isValid) return;
    if (isShortening(settings, request)) setIsAsking(true);
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
      <RetentionRule values={fields} changed={changed} onChange={change} />
      <SaveBar
        changes={changesInWords(settings, draft)}
        note={noteOf({ save, isValid, isChanged: changed.length > 0, lost })}
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
          <p>Everything that is older is removed within minutes. Nobody can undo it.</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

type State = { save: Verb<SettingsRequest>; isValid: boolean; isChanged: boolean; lost: string[] };

/** Why the changes are not saved, or that they are; null if there is nothing to say. */
function noteOf({ save, isValid, isChanged, lost }: State): ReactNode {
  if (!isValid) return DAYS_HINT;
  if (lost.length > 0) {
    return `Not saved, since somebody else changed the settings meanwhile: ${lost.join("; ")}. The page shows what is set now.`;
  }
  if (save.isDone && !isChanged) return "Saved.";
  return verbNote(save);
}
