"use client";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { Banner } from "@/components/ui/Banner";
import { giverOf } from "@/components/tickets/handover/handover-words";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment, Handover } from "@/lib/api/vocabulary";

type Props = {
  assignee: Assignment;
  /** Set if somebody gave it to the assignee. */
  handover?: Handover | null;
  isTextKept: boolean;
};

/** Who else holds the ticket, since when, and from whom. */
export function HeldByOther({ assignee, handover = null, isTextKept }: Props) {
  const reader = useMember();
  const { assignedTo, assignedToName, claimedAt } = assignee;
  const giver = handover && (handover.by.id === reader.id ? "you" : giverOf(handover));
  return (
    <Banner tone="others">
      <span className="flex items-center gap-2">
        <Avatar member={{ id: assignedTo, name: assignedToName }} />
        <span>
          <b className="font-semibold text-ink">{firstNameOf(assignedToName)}</b> holds this since{" "}
          <ClockTime at={claimedAt} />
          {giver && `, from ${giver}`}.{isTextKept && " Your text is kept."}
        </span>
      </span>
    </Banner>
  );
}
