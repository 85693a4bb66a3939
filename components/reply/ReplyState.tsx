"use client";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { useMember } from "@/components/client/Member";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import type { Assignment, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { ClaimedByOther } from "./ClaimedByOther";
import { FailedBanner } from "./FailedBanner";
import { whoWrote } from "./newer-messages";
import { NoticeBanner } from "./NoticeBanner";
import { ReplyBanner } from "./ReplyBanner";
import type { ReplyInHand } from "./use-reply";

type Props = { reply: ReplyInHand; ticket: Ticket; messages: TicketMessage[]; holder: Assignment | null };

/** The one thing there is to say about this reply right now; nothing while it is simply being written. */
export function ReplyState({ reply, ticket, messages, holder }: Props) {
  const reader = useMember();
  const { notice, draft, unread } = reply;
  const newest = unread.at(-1);
  if (holder) return <ClaimedByOther holder={holder} isTextKept={Boolean(draft?.text)} />;
  if (reply.isWaiting) {
    return (
      <ReplyBanner
        tone="unclaimed"
        icon="clock"
        action={<Button onClick={reply.stopWaiting}>Don’t send</Button>}
      >
        Waiting for the connection. Your reply is sent as soon as it is back.
      </ReplyBanner>
    );
  }
  if (newest) {
    return (
      <ReplyBanner tone="unclaimed" action={<Button onClick={reply.showUnread}>Show it here</Button>}>
        <b className="font-semibold">
          {whoWrote(unread, reader.id)} <SentenceTime at={newest.sentAt} />.
        </b>{" "}
        Read it before you send.
      </ReplyBanner>
    );
  }
  const isFailed = draft?.failedAs && (!notice || notice.kind === "failed");
  if (isFailed) return <FailedBanner reply={reply} messages={messages} />;
  return (
    notice && (
      <NoticeBanner notice={notice} reply={reply} customer={firstNameOf(ticket.fromName ?? ticket.from)} />
    )
  );
}
