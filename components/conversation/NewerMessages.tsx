"use client";
import { useId } from "react";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { ColleagueWords } from "./ColleagueWords";
import { MessageText } from "./MessageText";
import { authorOf } from "./newer-messages";
import { declining, noticeSentence } from "./notice-words";
import { NoticeWords } from "./NoticeWords";

/** Messages that somebody has to read before they go on, each with its author and time. */
export function NewerMessages({ messages }: { messages: TicketMessage[] }) {
  const reader = useMember();
  return messages.map((message) => (
    <Newer
      key={message._id}
      title={message.notice ? "New about a reply" : `New from ${authorOf(message, reader.id)}`}
      message={message}
    />
  ));
}

function Newer({ title, message }: { title: string; message: TicketMessage }) {
  const id = useId();
  const reader = useMember();
  const { notice, declined } = message;
  return (
    <section aria-labelledby={id} className="not-last:mb-4">
      <h3 id={id} className="mb-2 flex items-center gap-1.5 text-small font-medium text-ink-3">
        <span aria-hidden="true" className="size-[7px] flex-none rounded-full bg-accent" />
        <span className="min-w-0 wrap-anywhere">{title}</span>
        <ClockTime at={message.sentAt} className="ml-auto font-normal" />
      </h3>
      {notice && (
        <div className="grid gap-2">
          <p className="wrap-anywhere">{noticeSentence(notice)}</p>
          <NoticeWords message={message} notice={notice} />
        </div>
      )}
      {declined && (
        <div className="grid gap-2">
          <p className="wrap-anywhere">{declining(declined, reader.id)}.</p>
          <ColleagueWords words={declined.reason} />
        </div>
      )}
      {!notice && !declined && <MessageText message={message} className="text-read" />}
    </section>
  );
}
