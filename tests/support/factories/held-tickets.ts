import type { TeamMember } from "@/lib/api/vocabulary";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { createThread, storedThread } from "./threads";

/** When the tickets of this file were claimed. */
export const CLAIMED_AT = new Date(Date.UTC(2026, 0, 5, 9));

/** Stores a thread that `member` has held for a while; null: that nobody holds. */
export function heldTicket(member: TeamMember | null, overrides: Partial<StoredThread> = {}) {
  const held = member && {
    assignedTo: member.id,
    assignedToEmail: member.email,
    assignedToName: member.name,
    claimedAt: CLAIMED_AT,
  };
  return createThread({ ...held, ...overrides });
}

/** The ticket's lines of history since it was stored, the newest last. */
export async function linesOf(id: string) {
  return (await storedThread(id)).history ?? [];
}

/** Throws unless the ticket has one line for each of its changes. `before`: its revision as it was stored. */
export async function expectOneLineAChange(id: string, before = 1): Promise<void> {
  const { revision = 0, history = [] } = await storedThread(id);
  const numbers = history.map((line) => line.revision);
  const wanted = Array.from({ length: revision - before }, (_, at) => before + at + 1);
  if (JSON.stringify(numbers) !== JSON.stringify(wanted))
    throw new Error(`The lines ${numbers.join()} do not explain revision ${revision}.`);
}

/** Removes the history of the thread, so that the next change is its first line. */
export async function forgetHistory(id: string): Promise<void> {
  await EmailThread.updateOne({ _id: id }, { $set: { history: [] } });
}
