"use client";
import { SignInLink } from "@/components/auth/SignInLink";
import { useMember } from "@/components/client/Member";
import { whoWrote } from "./newer-messages";
import { ClaimedByOther } from "./ClaimedByOther";
import type { Notice } from "./notice";
import { ReplyBanner } from "./ReplyBanner";
import { TryAgain } from "./TryAgain";
import type { ReplyInHand } from "./use-reply";

type Props = { notice: Notice; reply: ReplyInHand; customer: string };

/** What became of the last press of Send: what happened, then what to do. */
export function NoticeBanner({ notice, reply, customer }: Props) {
  const reader = useMember();
  switch (notice.kind) {
    case "accepted":
      return <Accepted delivery={notice.delivery} customer={customer} />;
    case "held":
      return (
        <ReplyBanner tone="unclaimed" role="alert">
          <b className="font-semibold">
            Not sent: {whoWrote(notice.beside.messages, reader.id)} while you were writing.
          </b>{" "}
          Your text is kept. Read it, then send or change yours.
        </ReplyBanner>
      );
    case "key_reused":
      return (
        <ReplyBanner tone="unclaimed" role="alert">
          <b className="font-semibold">Not sent: an earlier version of this text was accepted before.</b> Your
          text is kept. Read what went out, then send or change yours.
        </ReplyBanner>
      );
    case "claimed_by_other":
      return <ClaimedByOther holder={notice.assignee} isTextKept />;
    case "signed_out":
      return (
        <ReplyBanner tone="unclaimed" role="alert" action={<SignInLink />}>
          Not sent: you were signed out. Your text is kept.
        </ReplyBanner>
      );
    case "unanswered":
      return (
        <ReplyBanner tone="unclaimed" role="alert" action={<TryAgain reply={reply} />}>
          The desk did not confirm your reply. Your text is kept; sending it again can’t send it twice.
        </ReplyBanner>
      );
    case "refused":
      return (
        <ReplyBanner tone="unclaimed" role="alert">
          {notice.sentence}
        </ReplyBanner>
      );
    case "failed":
      return null; // said for as long as the text stands, by FailedBanner
  }
}

type AcceptedProps = { delivery: Extract<Notice, { kind: "accepted" }>["delivery"]; customer: string };

function Accepted({ delivery, customer }: AcceptedProps) {
  switch (delivery) {
    case "sent":
      return (
        <ReplyBanner tone="others" icon="check">
          Sent to {customer}.
        </ReplyBanner>
      );
    case "queued":
      return (
        <ReplyBanner tone="unclaimed" icon="clock">
          The mail server is not answering. The reply goes out as soon as it does.
        </ReplyBanner>
      );
    case "unconfirmed":
      return (
        <ReplyBanner tone="unclaimed">
          The mail server broke off before confirming. {customer} may have this reply.
        </ReplyBanner>
      );
  }
}
