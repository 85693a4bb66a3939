import type { TeamResponse, TeamRow } from "@/lib/api/contracts";

/** A member in the picker. */
export type Choice = {
  member: TeamRow;
  /** How many active tickets they hold. */
  load: number;
  /** Why they cannot be chosen; null if they can. */
  obstacle: string | null;
};

/** `current` holds all the tickets; null if nobody does, or not one person alone. */
export type Given = { current: string | null; isUnassigned: boolean };

/** The members whose name or address fits the words, in the order of the team, those who cannot be chosen last. Pure. */
export function choicesOf(
  { members, mayAssignUnassigned }: TeamResponse,
  given: Given,
  words: string,
): Choice[] {
  const choices = members
    .filter((member) => fits(member, words))
    .map((member) => ({
      member,
      load: loadOf(member),
      obstacle: obstacleOf(member, given, mayAssignUnassigned),
    }));
  const canBe = ({ obstacle }: Choice) => obstacle === null;
  return [...choices.filter(canBe), ...choices.filter((choice) => !canBe(choice))];
}

export function loadOf({ held }: TeamRow): number {
  return held.open + held.in_progress + held.waiting;
}

function obstacleOf(
  member: TeamRow,
  { current, isUnassigned }: Given,
  mayAssignUnassigned: boolean,
): string | null {
  if (member.id === current) return member.isYou ? "You hold it" : "Holds it now";
  if (!member.canHold) return "May only look";
  if (isUnassigned && !mayAssignUnassigned && !member.isYou) return "Claim it first, then give it away";
  return null;
}

/** Each word has to be the start of a word of the name, or be in the address. */
function fits({ name, email, isYou }: TeamRow, words: string): boolean {
  const names = plain(`${isYou ? "you " : ""}${name}`).split(/[\s._-]+/);
  const address = plain(email);
  return plain(words)
    .split(/\s+/)
    .every((word) => names.some((own) => own.startsWith(word)) || address.includes(word));
}

/** Without accents and in lower case, so that "tomas" finds Tomás. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").trim().toLowerCase();
}
