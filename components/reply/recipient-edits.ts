import type { Conversation } from "@/lib/api/contracts";
import type { MailPerson } from "@/lib/api/vocabulary";
import { addressKey, isSameAddress } from "./address-list";

export const PLACES = ["to", "cc"] as const;
export type Place = (typeof PLACES)[number];
export const PLACE_NAMES: Record<Place, string> = { to: "To", cc: "Cc" };

/** Where the writer put somebody for this reply alone. `isAdded`: the ticket itself did not have them there or elsewhere. */
export type RecipientEdit = MailPerson & { place: Place | "out"; isAdded: boolean };

/** The recipients of one reply, and the revision of the ticket's recipients that they were made from. */
export type Addressed = { to: MailPerson[]; cc: MailPerson[]; recipientsRevision: number };

/** Somebody in the row. With a problem, they are shown and left out. */
export type RowPerson = MailPerson & { place: Place; problem: string | null };

/** The row as the ticket has it, before any edit: the recipients, and those whom mail cannot be sent to. */
export function rowOf({ recipients, participants }: Conversation): RowPerson[] {
  const names = new Map(participants.map(({ address, name }) => [addressKey(address), name]));
  const reached = PLACES.flatMap((place) =>
    recipients[place].map((address) => ({
      address,
      name: names.get(addressKey(address)) ?? null,
      place,
      problem: null,
    })),
  );
  const unreachable = participants
    .filter(({ problem }) => problem !== null)
    .map(({ address, name, role, problem }) => ({
      address,
      name,
      place: role === "customer" ? ("to" as const) : ("cc" as const),
      problem,
    }));
  return [...reached, ...unreachable];
}

/** The ticket's own recipients that mail can be sent to, with their revision. */
export function ownOf(conversation: Conversation): Addressed {
  const { recipientsRevision } = conversation;
  return { ...addressedWith(rowOf(conversation), []), recipientsRevision };
}

/** The row after the writer's edits. An edit of somebody who has left the ticket since changes nothing. Pure. */
export function rowWith(row: RowPerson[], edits: RecipientEdit[]): RowPerson[] {
  const isIn = (edit: RecipientEdit) => row.some((person) => isSameAddress(person, edit));
  const own = row.map((person) => ({
    ...person,
    place: edits.find((edit) => isSameAddress(edit, person))?.place ?? person.place,
  }));
  const added = edits
    .filter((edit) => edit.isAdded && !isIn(edit))
    .map(({ address, name, place }) => ({ address, name, place, problem: null }));
  return [...own, ...added].filter((person): person is RowPerson => person.place !== "out");
}

/** The edits once `person` is put in `place`; none is kept for somebody who is where the ticket has them. Pure. */
export function placed(
  edits: RecipientEdit[],
  { address, name }: MailPerson,
  place: Place | "out",
  row: RowPerson[],
): RecipientEdit[] {
  const others = edits.filter((edit) => !isSameAddress(edit, { address }));
  const before = row.find((person) => isSameAddress(person, { address }));
  if (place === (before?.place ?? "out")) return others;
  return [...others, { address, name: before?.name ?? name, place, isAdded: !before }];
}

/** Those in this place of the row whom the reply goes to. */
export function addressedIn(row: RowPerson[], place: Place): MailPerson[] {
  return row
    .filter((person) => person.place === place && person.problem === null)
    .map(({ address, name }) => ({ address, name }));
}

/** The row of people without problems, as it was sent or shown. */
export function rowAs(addressed: Pick<Addressed, "to" | "cc">): RowPerson[] {
  return PLACES.flatMap((place) => addressed[place].map((person) => ({ ...person, place, problem: null })));
}

/** Whom a reply goes to with this row of the ticket and these edits. */
export function addressedWith(row: RowPerson[], edits: RecipientEdit[]): Pick<Addressed, "to" | "cc"> {
  const edited = rowWith(row, edits);
  return { to: addressedIn(edited, "to"), cc: addressedIn(edited, "cc") };
}

/** True if the writer added this address for this reply. */
export function isAddedIn(edits: RecipientEdit[], person: { address: string }): boolean {
  return edits.some((edit) => edit.isAdded && isSameAddress(edit, person));
}
