import type { Assignment, Ticket } from "@/lib/api/vocabulary";

/** Who holds the ticket where that is somebody else, else null. */
export function otherAssignee(ticket: Ticket, readerId: string): Assignment | null {
  const { assignedTo, assignedToEmail, assignedToName, claimedAt } = ticket;
  if (!assignedTo || assignedTo === readerId) return null;
  return {
    assignedTo,
    assignedToEmail: assignedToEmail ?? "",
    assignedToName: assignedToName || assignedToEmail || assignedTo,
    claimedAt: claimedAt ?? ticket.receivedAt,
  };
}
