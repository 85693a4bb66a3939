import type { TeamMember } from "@/lib/api/vocabulary";
import type { ThreadId } from "@/lib/api/contracts";
import { reassignTicket } from "@/lib/tickets/reassign";
import type { StoredThread } from "@/models/EmailThreadModel";
import { admin, createThread, storedThread } from "./threads";

/** Gives the ticket, which `from` holds (null: nobody), to `receiver`. Throws if it is refused. */
export async function handOver(
  threadId: ThreadId,
  {
    from,
    to,
    by = admin(),
    note,
  }: { from: TeamMember | null; to: TeamMember; by?: TeamMember; note?: string },
): Promise<void> {
  const request = { threadId, assignedTo: to.id, expectedAssignedTo: from?.id ?? null, note };
  const outcome = await reassignTicket(request, by);
  if (!outcome.ok) throw new Error(`Not handed over: ${outcome.failure.reason}`);
}

/** Stores a thread that Maya has just given to `receiver`, who is on the team. */
export async function givenTicket(
  receiver: TeamMember,
  { note, ...overrides }: Partial<StoredThread> & { note?: string } = {},
) {
  const { id } = await createThread(overrides);
  await handOver(id, { from: null, to: receiver, ...(note === undefined ? {} : { note }) });
  return { ...(await storedThread(id)), id };
}
