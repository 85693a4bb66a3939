"use client";
import { useId, useState, type ReactNode, type SubmitEvent } from "react";
import { AssignFoot } from "./AssignFoot";
import { choicesOf, loadOf, type Choice } from "./choices";
import { MemberOptions } from "./MemberOptions";
import { SearchField } from "./SearchField";
import { Sheet } from "./Sheet";
import { TeamFace } from "./TeamFace";
import { useKeptWords } from "./use-kept-words";
import { useTeam } from "./use-team";
import { isTooLong } from "./WordsField";

type Props = {
  /** The ticket's id, or a name of the tickets: a note that is not sent is kept for them. */
  about: string;
  /** How many tickets are given. */
  count: number;
  /** Holds all the tickets; null if nobody does, or not one person alone. */
  current: string | null;
  /** Nobody holds any of them, so that the member who chooses themselves claims them. */
  isUnassigned: boolean;
  /** `note` is "" if there is none. */
  onAssign: (assignee: { id: string; name: string }, note: string) => void;
  onClose: () => void;
  pending: boolean;
  /** Why the last attempt failed; the choice and the note are kept. */
  failure: ReactNode;
};

/** Chooses who gets the tickets: type to filter, arrows move, Enter assigns. */
export function AssignPicker({
  about,
  count,
  current,
  isUnassigned,
  onAssign,
  onClose,
  pending,
  failure,
}: Props) {
  const id = useId();
  const team = useTeam();
  const [words, setWords] = useState("");
  const [note, setNote] = useKeptWords("note", about);
  const [wantedId, setWantedId] = useState<string | null>(null);

  const members = team.data?.members ?? [];
  const choices = team.data ? choicesOf(team.data, { current, isUnassigned }, words) : [];
  const possible = choices.filter(({ obstacle }) => obstacle === null);
  const chosen = possible.find(({ member }) => member.id === wantedId) ?? possible[0];
  const label = count === 1 ? "Assign to…" : `Assign ${count} tickets to…`;

  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (!chosen || pending || isTooLong(note)) return;
    const { id: memberId, name, isYou } = chosen.member;
    onAssign({ id: memberId, name }, isYou ? "" : note.trim());
  }

  return (
    <Sheet label={label} onClose={onClose}>
      <form noValidate onSubmit={handleSubmit}>
        <SearchField
          label={label}
          listId={id}
          activeId={chosen && `${id}-${chosen.member.id}`}
          isExpanded={choices.length > 0}
          words={words}
          onWrite={(next) => {
            setWords(next);
            setWantedId(null);
          }}
          onMove={(step) => setWantedId(neighbour(possible, chosen, step))}
        />
        <MemberOptions
          id={id}
          choices={choices}
          chosenId={chosen?.member.id ?? null}
          loadMax={Math.max(0, ...members.map(loadOf))}
          onChoose={setWantedId}
        />
        <TeamFace team={team} words={words} hasChoices={choices.length > 0} canChoose={possible.length > 0} />
        <AssignFoot
          chosen={chosen?.member}
          note={note}
          {...{ count, isUnassigned, pending, failure }}
          onWriteNote={setNote}
        />
      </form>
    </Sheet>
  );
}

/** The id of the choice before or after `chosen`, round and round; null if there is none. */
function neighbour(possible: Choice[], chosen: Choice | undefined, step: number): string | null {
  const at = chosen ? possible.indexOf(chosen) : -1;
  return possible.at((at + step) % possible.length)?.member.id ?? null;
}
