"use client";
import { Ago } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment } from "@/lib/api/vocabulary";
import { ReplyBanner } from "./ReplyBanner";

type Props = { holder: Assignment; isTextKept: boolean };

/** Who was first, and since when: a teammate's claim is settled, so it is grey. */
export function ClaimedByOther({ holder, isTextKept }: Props) {
  const name = holder.assignedToName || holder.assignedToEmail;
  return (
    <ReplyBanner tone="others" icon={null}>
      <span className="flex items-center gap-2">
        <Avatar member={{ id: holder.assignedTo, name }} />
        <span>
          <b className="font-semibold text-ink">{firstNameOf(name)}</b> claimed this{" "}
          {/* Ticks: said once, not every second. */}
          <span aria-live="off">
            <Ago since={holder.claimedAt} precise />
          </span>
          .{isTextKept && " Your text is kept."}
        </span>
      </span>
    </ReplyBanner>
  );
}
