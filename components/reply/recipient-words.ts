import { firstNameOf } from "@/components/ui/people";
import type { MailPerson } from "@/lib/api/vocabulary";
import { isSameAddress } from "./address-list";
import type { Addressed } from "./recipient-edits";

/** Names in one sentence; the others are counted. */
const NAMED_MAX = 3;

/** The name to show for somebody in a mail. */
export function personName({ name, address }: MailPerson): string {
  return name || address;
}

/** "Dora", "Dora and Evan", "Dora, Evan and 12 others". */
export function namesOf(people: MailPerson[]): string {
  const names = people.map(({ name, address }) => (name ? firstNameOf(name) : address));
  if (names.length <= NAMED_MAX) return listOf(names);
  return listOf([...names.slice(0, NAMED_MAX - 1), `${names.length - NAMED_MAX + 1} others`]);
}

type Row = Pick<Addressed, "to" | "cc">;

/** How the recipients differ from those that the reply was begun for, in sentences; "" if they do not. */
export function recipientsChange(before: Row, after: Row): string {
  const all = ({ to, cc }: Row) => [...to, ...cc];
  const gone = without(all(before), all(after));
  const joined = without(all(after), [...all(before), ...after.to]);
  const isOtherTo = without(after.to, before.to).length > 0;
  const formerTo = without(before.to, after.to);
  return [
    gone.length > 0 && `${namesOf(gone)} ${gone.length > 1 ? "are" : "is"} no longer in this conversation.`,
    joined.length > 0 && `${namesOf(joined)} ${joined.length > 1 ? "are" : "is"} in this conversation now.`,
    isOtherTo &&
      `The reply goes to ${namesOf(after.to)} now${formerTo.length > 0 ? `, not to ${namesOf(formerTo)}` : ""}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** One line for the whole row: "To lena@example.com", "To Wanda, Cc 2". */
export function recipientsLine({ to, cc }: Row): string {
  const [first] = to;
  if (!first) return "To nobody yet";
  if (to.length === 1 && cc.length === 0) return `To ${first.address}`;
  return `To ${namesOf(to)}${cc.length > 0 ? `, Cc ${cc.length}` : ""}`;
}

function without(people: MailPerson[], others: MailPerson[]): MailPerson[] {
  return people.filter((person) => !others.some((other) => isSameAddress(other, person)));
}

function listOf(names: string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
