"use client";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import type { TeamRow } from "@/lib/api/contracts";
import { WordsField } from "./WordsField";

type Props = {
  chosen: TeamRow | undefined;
  note: string;
  count: number;
  isUnassigned: boolean;
  pending: boolean;
  failure: ReactNode;
  onWriteNote: (note: string) => void;
};

/** The note, the button, and the consequence in words. */
export function AssignFoot({ chosen, note, count, isUnassigned, pending, failure, onWriteNote }: Props) {
  const isYou = chosen?.isYou ?? false;
  const noteLabel = chosen && !isYou ? `Note for ${firstNameOf(chosen.name)}, if you like` : "Note";
  return (
    <div className="border-t border-line px-2.5 py-2.5 max-md:px-4 max-md:pb-[calc(env(safe-area-inset-bottom)+12px)]">
      <div className="flex items-start gap-2 max-md:flex-col max-md:items-stretch">
        <WordsField
          label={noteLabel}
          placeholder={isYou ? "No note is needed" : noteLabel}
          rows={1}
          words={note}
          isDisabled={isYou}
          isReadOnly={pending}
          onWrite={onWriteNote}
        />
        <Button
          type="submit"
          variant="solid"
          size="auto"
          keyCap="↵"
          disabled={!chosen}
          pending={pending}
          pendingLabel="Assigning"
        >
          <span className="max-w-40 truncate">{labelOf(chosen, count)}</span>
        </Button>
      </div>
      <p role="alert" className="mt-2 px-1 text-danger empty:hidden">
        {failure}
      </p>
      <p className="mt-2 px-1 text-small text-ink-3 empty:hidden">
        {chosen && consequence(chosen, isUnassigned, count)}
      </p>
    </div>
  );
}

/** "Assign 2 to Priya". */
function labelOf(chosen: TeamRow | undefined, count: number): string {
  const start = count === 1 ? "Assign" : `Assign ${count}`;
  if (!chosen) return start;
  return `${start} to ${chosen.isYou ? "you" : firstNameOf(chosen.name)}`;
}

function consequence({ name, isYou }: TeamRow, isUnassigned: boolean, count: number): string {
  if (!isYou) return `${firstNameOf(name)} is told, and can decline.`;
  const them = count === 1 ? "it" : "them";
  return isUnassigned ? `You claim ${them}.` : `You hold ${them} then.`;
}
