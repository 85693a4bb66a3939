"use client";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { firstNameOf } from "@/components/ui/people";
import type { DeclineNotice, TicketMessage } from "@/lib/api/vocabulary";
import { ColleagueWords } from "./ColleagueWords";
import { declining } from "./notice-words";

type Props = { message: TicketMessage; declined: DeclineNotice };

/** A row between the messages: a member declined the ticket that a colleague had given to them, with their reason. */
export function DeclinedRow({ message, declined }: Props) {
  const reader = useMember();
  const { by, givenBy, reason } = declined;
  const giver = givenBy.id === reader.id ? "you" : firstNameOf(givenBy.name || givenBy.email);
  return (
    <div className="flex items-start gap-[15px] py-3 pl-[26px] text-small text-ink-3 max-md:pl-[22px]">
      <Avatar member={by} size="xs" />
      <div className="grid min-w-0 flex-1 gap-1.5">
        <p className="wrap-anywhere">
          <span className="text-unclaimed">{declining(declined, reader.id)}.</span> It came from {giver}.{" "}
          <ClockTime at={message.sentAt} />
        </p>
        <ColleagueWords words={reason} />
      </div>
    </div>
  );
}
