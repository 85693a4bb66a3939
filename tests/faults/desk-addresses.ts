/** Customers of the model's desk. */
export const CUSTOMERS = ["lena@customers.example", "otto@customers.example", "mia@customers.example"];
/** Whom a mail may copy: another customer too. */
export const COPIED = [...CUSTOMERS, "ben@partners.example", "cleo@partners.example"];
/** Somebody who is in no conversation unless a member adds them. */
export const STRANGER = "sly@elsewhere.example";
/** Where a forged mail asks to be answered. */
export const DROP = "drop@elsewhere.example";
/** Somebody whom only a member names. */
export const EXPERT = "nora@experts.example";

/** The customer of that number. */
export function customerOf(index: number): string {
  return CUSTOMERS[index % CUSTOMERS.length] ?? "";
}

/** The one whom a mail copies; null copies nobody. */
export function copiesOf(index: number | null): string[] {
  return index === null ? [] : COPIED.slice(index % COPIED.length, (index % COPIED.length) + 1);
}
