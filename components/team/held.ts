import type { TeamRow } from "@/lib/api/contracts";

/** How many active tickets the member holds. */
export function heldCount({ held }: Pick<TeamRow, "held">): number {
  return held.open + held.in_progress + held.waiting;
}

/** "1 ticket", "4 tickets". */
export function ticketsText(count: number): string {
  return count === 1 ? "1 ticket" : `${count} tickets`;
}
