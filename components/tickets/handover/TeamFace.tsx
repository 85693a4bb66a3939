"use client";
import { Button } from "@/components/ui/Button";
import type { useTeam } from "./use-team";

type Props = {
  team: ReturnType<typeof useTeam>;
  /** In the search field. */
  words: string;
  hasChoices: boolean;
  canChoose: boolean;
};

/** Stands below or in place of the list of members: while it is read, if it cannot be read, and if nobody is in it. */
export function TeamFace({ team, words, hasChoices, canChoose }: Props) {
  if (!team.data && team.error) {
    return (
      <div role="alert" className="flex flex-wrap items-center gap-3 px-3.5 py-4">
        <p className="min-w-0 flex-1">The team can’t be loaded.</p>
        <Button size="auto" icon="retry" onClick={() => void team.mutate()}>
          Try again
        </Button>
      </div>
    );
  }
  if (!team.data) return <Waiting />;
  const text = sentence(words.trim(), hasChoices, canChoose);
  return (
    <p role="status" className="px-3.5 py-4 wrap-anywhere text-ink-2 empty:hidden">
      {text}
    </p>
  );
}

function sentence(words: string, hasChoices: boolean, canChoose: boolean): string | null {
  if (canChoose) return null;
  if (words !== "") return hasChoices ? null : `Nobody matches “${words}”.`;
  return "There is nobody else to give it to. Whoever signs in once is listed here.";
}

function Waiting() {
  return (
    <div role="status" className="animate-skeleton">
      <span className="sr-only">Loading the team</span>
      {["w-28", "w-20", "w-32"].map((width) => (
        <div key={width} aria-hidden="true" className="flex h-12 items-center gap-2.5 px-3.5">
          <span className="size-7 rounded-full bg-cust" />
          <span className={`h-[11px] rounded-key bg-cust ${width}`} />
        </div>
      ))}
    </div>
  );
}
