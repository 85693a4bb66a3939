"use client";
import { useMember } from "@/components/client/Member";
import { Ago } from "@/components/ui/Age";
import { UnclaimedChip } from "@/components/ui/Chip";
import { Avatar } from "@/components/ui/Avatar";
import type { Ticket } from "@/lib/api/vocabulary";

/** Who holds the ticket and since when: the one seat every ticket has. */
export function OwnerLine({ ticket }: { ticket: Ticket }) {
  const reader = useMember();
  const { assignedTo, assignedToName, assignedToEmail, claimedAt } = ticket;
  if (!assignedTo) {
    return (
      <span className="inline-flex min-w-0 items-center gap-2">
        <UnclaimedChip />
        <span>Replying claims it</span>
      </span>
    );
  }
  const isYou = assignedTo === reader.id;
  const name = assignedToName || assignedToEmail || assignedTo;
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <Avatar member={{ id: assignedTo, name }} you={isYou} />
      <span className="min-w-0">
        Claimed by:{" "}
        <b className={isYou ? "font-semibold text-mine" : "font-semibold text-ink"}>{isYou ? "You" : name}</b>
        {claimedAt && (
          <>
            {" · "}
            <Ago since={claimedAt} />
          </>
        )}
      </span>
    </span>
  );
}
