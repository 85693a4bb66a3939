"use client";
import { Ago } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { Banner } from "@/components/ui/Banner";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment } from "@/lib/api/vocabulary";

type Props = { assignee: Assignment; isTextKept: boolean };

/** Who claimed the ticket first, and when. */
export function ClaimedByOther({ assignee: { assignedTo, assignedToName, claimedAt }, isTextKept }: Props) {
  return (
    <Banner tone="others">
      <span className="flex items-center gap-2">
        <Avatar member={{ id: assignedTo, name: assignedToName }} />
        <span>
          <b className="font-semibold text-ink">{firstNameOf(assignedToName)}</b> claimed this{" "}
          {/* It changes every second: screen readers read it once. */}
          <span aria-live="off">
            <Ago since={claimedAt} />
          </span>
          .{isTextKept && " Your text is kept."}
        </span>
      </span>
    </Banner>
  );
}
