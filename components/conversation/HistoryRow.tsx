import { ClockTime } from "@/components/ui/Age";
import { Avatar } from "@/components/ui/Avatar";
import { Icon } from "@/components/ui/Icon";
import { HistoryQuote } from "./HistoryQuote";
import { lineSentence, quoteOf, type About } from "./line-sentence";
import type { TimelineLine } from "./timeline";

type Props = { line: TimelineLine; about: About; readerId: string };

/** One line of the history in the details: who did it, the act in a sentence, and when. */
export function HistoryRow({ line, about, readerId }: Props) {
  const quote = quoteOf(line);
  return (
    <li className="flex gap-2.5 text-small text-ink-2">
      {line.by ? (
        <Avatar member={line.by} size="xs" />
      ) : (
        <span className="grid size-[18px] flex-none place-items-center text-ink-3">
          <Icon name={line.way === "mail" ? "mail" : "clock"} size={14} />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <p className="text-pretty wrap-anywhere">
          {lineSentence(line, readerId, about)}
          {quote ? ":" : "."}
        </p>
        {quote && <HistoryQuote words={quote} />}
        <p className="text-ink-3">
          <ClockTime at={line.at} />
        </p>
      </div>
    </li>
  );
}
