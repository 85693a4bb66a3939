"use client";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { ReplyBanner } from "./ReplyBanner";
import { TryAgain } from "./TryAgain";
import type { ReplyInHand } from "./use-reply";

type Props = { reply: ReplyInHand; messages: TicketMessage[] };

/** The text that stands here was accepted and could not be delivered; nobody has changed it since. */
export function FailedBanner({ reply, messages }: Props) {
  const stored = messages.find((message) => message._id === reply.draft?.failedAs);
  if (stored && stored.state !== "failed") {
    return (
      <ReplyBanner tone="others" icon="clock">
        Being sent again.
      </ReplyBanner>
    );
  }
  const told = reply.notice?.kind === "failed" ? reply.notice.detail : null;
  return (
    <ReplyBanner tone="danger" role="alert" action={<TryAgain reply={reply} />}>
      <b className="font-semibold">Not delivered:</b>{" "}
      {told ?? stored?.lastError ?? "The mail server refused it."} You still hold the ticket.
    </ReplyBanner>
  );
}
