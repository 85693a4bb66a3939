import type { ReactNode } from "react";
import { Button } from "@/components/ui/Button";

type Props = {
  /** Each change that is not saved, in words. */
  changes: string[];
  /** Shown in place of the changes: why they cannot be saved, or how the last save ended. */
  note: ReactNode;
  canSave: boolean;
  pending: boolean;
  onDiscard: () => void;
};

/** The foot of a form: says what is not saved, and stays in view. Nothing if there is nothing to say. */
export function SaveBar({ changes, note, canSave, pending, onDiscard }: Props) {
  const isChanged = changes.length > 0;
  return (
    <div
      className={
        isChanged || note
          ? "sticky bottom-0 flex rounded-b-card flex-wrap items-center gap-3 border-t border-line bg-surface px-5 py-3 max-md:px-4"
          : undefined
      }
    >
      <p role="status" className="min-w-0 flex-1 basis-72 text-pretty text-ink-2 empty:hidden">
        {note || (isChanged && unsavedText(changes))}
      </p>
      {isChanged && (
        <div className="flex flex-none gap-2 max-md:w-full max-md:justify-end">
          <Button size="auto" variant="ghost" disabled={pending} onClick={onDiscard}>
            Discard
          </Button>
          <Button
            type="submit"
            size="auto"
            variant="solid"
            disabled={!canSave}
            pending={pending}
            pendingLabel="Saving"
          >
            Save
          </Button>
        </div>
      )}
    </div>
  );
}

function unsavedText(changes: string[]): string {
  const start = changes.length === 1 ? "1 change is" : `${changes.length} changes are`;
  const end = changes.length === 1 ? "It" : "They";
  return `${start} not saved: ${changes.join("; ")}. ${end} will be recorded with your name.`;
}
