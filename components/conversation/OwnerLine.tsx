"use client";
import { useMember } from "@/components/client/Member";
import { Ago } from "@/components/ui/Age";
import { UnclaimedChip } from "@/components/ui/Chip";
import { Avatar } from "@/components/ui/Avatar";
import { assignmentOf, type Ticket } from "@/lib/api/vocabulary";

/** Who holds the ticket, and since when. */
export function OwnerLine({ ticket }: { ticket: Ticket }) {
  const reader = useMember();
  const assignment = assignmentOf(ticket);
  if (!assignment) {
    return (
      <span className="inline-flex min-w-0 items-center gap-2">
        <UnclaimedChip />
        <span>Replying claims it</span>
      </span>
    );
  }
  const { assignedTo, assignedToName: name, claimedAt } = assignment;
  const isYou = assignedTo === reader.id;
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Avatar member={{ id: assignedTo, name }} you={isYou} />
      <span className="min-w-0">
        Claimed by:{" "}
        <b className={isYou ? "font-semibold text-mine" : "font-semibold text-ink"}>{isYou ? "You" : name}</b>
        {" · "}
        <Ago since={claimedAt} />
      </span>
    </span>
  );
}
