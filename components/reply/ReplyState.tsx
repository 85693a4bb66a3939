"use client";
import { useMember } from "@/components/client/Member";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { senderName, type Assignment, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";
import { HeldByOther } from "./HeldByOther";
import { whoWrote } from "@/components/conversation/newer-messages";
import { NoticeBanner } from "./NoticeBanner";
import type { ReplyInHand } from "./use-reply";

type Props = {
  reply: ReplyInHand;
  ticket: Ticket;
  messages: TicketMessage[];
  /** Set if somebody else holds the ticket. */
  otherAssignee: Assignment | null;
};

/** The most important thing to know about this reply now; nothing while it is just being written. */
export function ReplyState({ reply, ticket, messages, otherAssignee }: Props) {
  const reader = useMember();
  const { notice, draft, unread } = reply;
  const newest = unread.at(-1);
  if (otherAssignee) {
    const { handover } = ticket;
    return <HeldByOther assignee={otherAssignee} handover={handover} isTextKept={Boolean(draft?.text)} />;
  }
  if (reply.isWaiting) {
    return (
      <Banner tone="unclaimed" icon="clock" action={<Button onClick={reply.stopWaiting}>Don’t send</Button>}>
        Waiting for the connection. Your reply is sent as soon as it is back.
      </Banner>
    );
  }
  if (newest) {
    return (
      <Banner tone="unclaimed" icon="alert" action={<Button onClick={reply.showUnread}>Show it here</Button>}>
        <b className="font-semibold">
          {whoWrote(unread, reader.id, messages)} <SentenceTime at={newest.sentAt} />.
        </b>{" "}
        Read it before you send.
      </Banner>
    );
  }
  if (!notice) return null;
  const customer = firstNameOf(senderName(ticket));
  return <NoticeBanner notice={notice} reply={reply} customer={customer} messages={messages} />;
}
