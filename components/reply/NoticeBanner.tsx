"use client";
import { SignInLink } from "@/components/auth/SignInLink";
import { useMember } from "@/components/client/Member";
import { Ago } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { Button } from "@/components/ui/Button";
import { CAUSE_WORDS } from "@/lib/api/delivery-words";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { HeldByOther } from "./HeldByOther";
import { thatWrote } from "@/components/conversation/newer-messages";
import type { Notice } from "./notice";
import { namesOf } from "./recipient-words";
import type { ReplyInHand } from "./use-reply";

type Props = { notice: Notice; reply: ReplyInHand; customer: string; messages: TicketMessage[] };

/** The outcome of the last press of Send, and the next step. */
export function NoticeBanner({ notice, reply, customer, messages }: Props) {
  const reader = useMember();
  const tryAgain = (
    <Button pending={reply.isSending} pendingLabel="Sending" onClick={reply.send}>
      Try again
    </Button>
  );
  switch (notice.kind) {
    case "accepted":
      if (hasFailed(notice.messageId, messages)) return null;
      return <Accepted delivery={notice.delivery} people={namesOf(notice.people) || customer} />;
    case "held":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert">
          <b className="font-semibold">
            Not sent: {thatWrote(notice.beside.messages, reader.id, messages)} while you were writing.
          </b>{" "}
          Your text is kept. Read it, then send or change yours.
        </Banner>
      );
    case "same_text":
      return (
        <Banner
          tone="unclaimed"
          icon="alert"
          role="alert"
          action={<Button onClick={reply.discard}>Discard the draft</Button>}
        >
          <b className="font-semibold">
            Not sent: you sent the same text{" "}
            {notice.sent ? <Ago since={notice.sent.sentAt} /> : "a moment ago"}.
          </b>{" "}
          Send it again only if it is meant to go out twice.
        </Banner>
      );
    case "recipients_changed":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert">
          <b className="font-semibold">Not sent: the recipients changed while you were writing.</b>{" "}
          {notice.change && `${notice.change} `}Your text is kept. Look whom it goes to, then send.
        </Banner>
      );
    case "key_reused":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert">
          <b className="font-semibold">Not sent: an earlier version of this text was accepted before.</b> Your
          text is kept. Read what went out, then send or change yours.
        </Banner>
      );
    case "claimed_by_other":
      return <HeldByOther assignee={notice.assignee} isTextKept />;
    case "signed_out":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert" action={<SignInLink />}>
          Not sent: you were signed out. Your text is kept.
        </Banner>
      );
    case "unanswered":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert" action={tryAgain}>
          The desk did not confirm your reply. Your text is kept; sending it again can’t send it twice.
        </Banner>
      );
    case "refused":
      return (
        <Banner tone="unclaimed" icon="alert" role="alert">
          {notice.sentence}
        </Banner>
      );
    case "failed":
      return <Refused messageId={notice.messageId} messages={messages} />;
  }
}

/** True if an accepted reply was refused, or came back, since: the conversation says so. */
function hasFailed(messageId: string, messages: TicketMessage[]): boolean {
  const stored = messages.find(({ _id }) => _id === messageId);
  if (!stored) return false;
  return stored.state === "failed" || stored.state === "came_back" || stored.undelivered.length > 0;
}

/** The text is back in the form. The reply in the conversation has the mail server's words, and the button to retry. */
function Refused({ messageId, messages }: { messageId: string; messages: TicketMessage[] }) {
  const stored = messages.find(({ _id }) => _id === messageId);
  if (stored && stored.state !== "failed") {
    return (
      <Banner tone="others" icon="clock">
        Being sent again.
      </Banner>
    );
  }
  const newest = messages.findLast(({ notice }) => notice?.isProven && notice.replyId === messageId);
  const cause = newest?.notice?.cause;
  return (
    <Banner tone="danger" icon="alert" role="alert">
      <b className="font-semibold">Not delivered{cause ? ":" : "."}</b> {cause && `${CAUSE_WORDS[cause]}. `}
      Your text is kept here.
    </Banner>
  );
}

/** `people` names everybody whom the reply went to. */
type AcceptedProps = { delivery: Extract<Notice, { kind: "accepted" }>["delivery"]; people: string };

function Accepted({ delivery, people }: AcceptedProps) {
  switch (delivery) {
    case "sent":
      return (
        <Banner tone="others" icon="check">
          Sent to {people}.
        </Banner>
      );
    case "queued":
      return (
        <Banner tone="unclaimed" icon="clock">
          The mail server is not answering. The reply to {people} goes out as soon as it does.
        </Banner>
      );
    case "unconfirmed":
      return (
        <Banner tone="unclaimed" icon="alert">
          The mail server broke off before confirming. {people} may have this reply.
        </Banner>
      );
  }
}
