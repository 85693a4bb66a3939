"use client";
import { useMember } from "@/components/client/Member";
import { Avatar } from "@/components/ui/Avatar";
import { Icon } from "@/components/ui/Icon";
import type { Notice } from "@/lib/api/vocabulary";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { HistoryQuote } from "./HistoryQuote";
import { historySentence } from "./history-sentence";
import { quoteOf } from "./line-sentence";
import type { TimelineLine } from "./timeline";

type Props = {
  line: TimelineLine;
  /** Who wrote the mail that the line is about. */
  writer: string;
  /** The kind of the notice that was filed with it. */
  notice: Notice["kind"] | null;
};

/** A history line between the messages; nothing if a message card already shows it. */
export function HistoryEntry({ line, writer, notice }: Props) {
  const sentence = historySentence(line, useMember().id, { writer, notice });
  if (!sentence) return null;
  const quote = quoteOf(line);
  return (
    <li
      data-line
      className="flex items-start gap-[15px] py-3 pl-[26px] text-small text-ink-3 max-md:pl-[22px] [[data-line]+&]:pt-0"
    >
      {line.by ? (
        <Avatar member={line.by} size="xs" />
      ) : (
        <span className="grid w-[18px] flex-none place-items-center">
          <Icon name="undo" size={14} />
        </span>
      )}
      <div className="min-w-0 wrap-anywhere">
        <p>
          {sentence} <SentenceTime at={line.at} />
          {quote ? ":" : "."}
        </p>
        {quote && <HistoryQuote words={quote} />}
      </div>
    </li>
  );
}
