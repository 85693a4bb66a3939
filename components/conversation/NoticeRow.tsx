import { ClockTime } from "@/components/ui/Age";
import { Icon } from "@/components/ui/Icon";
import type { Notice, TicketMessage } from "@/lib/api/vocabulary";
import { NoticeWords } from "./NoticeWords";
import { noticeSentence } from "./notice-words";
import { Report } from "./Report";

type Props = { message: TicketMessage; notice: Notice };

/** A notice between the messages: about a reply that is not shown, or a report that nothing proves. */
export function NoticeRow({ message, notice }: Props) {
  return (
    <div className="flex items-start gap-[15px] py-3 pl-[26px] text-small text-ink-3 max-md:pl-[22px]">
      <span className="grid h-4 w-[18px] flex-none place-items-center">
        <Icon name={notice.isProven ? "alert" : "mail"} size={14} className={toneOf(notice)} />
      </span>
      <div className="grid min-w-0 flex-1 gap-1.5">
        <p className="wrap-anywhere">
          {notice.isProven ? (
            <span className={toneOf(notice)}>{noticeSentence(notice)}</span>
          ) : (
            "A mail says that this reply did not arrive, but nothing proves it."
          )}{" "}
          <ClockTime at={message.sentAt} />
        </p>
        {notice.isProven && <NoticeWords message={message} notice={notice} />}
        <Report mail={message} name={notice.isProven ? "report" : "mail"} />
      </div>
    </div>
  );
}

function toneOf({ kind, isProven }: Notice): string | undefined {
  if (!isProven || kind === "undone") return undefined;
  return kind === "came_back" || kind === "failed" ? "text-danger" : "text-unclaimed";
}
