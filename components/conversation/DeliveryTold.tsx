import { ClockTime } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import type { Story, Told } from "./delivery-story";
import { NoticeWords } from "./NoticeWords";
import { Report } from "./Report";
import { ServerWords } from "./ServerWords";

const TONES: Record<Told["tone"], string> = {
  danger: "text-danger",
  unclaimed: "text-unclaimed",
  quiet: "text-ink-2",
};

/** One thing that is known about the delivery of a reply: a sentence of ours, then the mail server's own words. */
export function DeliveryTold({ told }: { told: Told }) {
  const { tone, lead, rest, by, words } = told;
  const time = by && <ClockTime at={by.message.sentAt} className="text-small text-ink-3" />;
  return (
    <div className="grid min-w-0 basis-full grid-cols-1 gap-2 md:pl-[38px]">
      <div className={classNames("flex items-start gap-2.5", tone !== "quiet" && "md:-ml-[26px]")}>
        {tone !== "quiet" && <Icon name="alert" className={classNames("mt-0.5", TONES[tone])} />}
        <p role="status" className="min-w-0 wrap-anywhere">
          {lead && <b className={classNames("font-semibold", TONES[tone])}>{lead}</b>} {rest} {time}
        </p>
      </div>
      {by && <NoticeWords message={by.message} notice={by.notice} />}
      {words && <ServerWords by={null} words={words} />}
      {by && <Report mail={by.message} name="report" />}
    </div>
  );
}

/** Outcomes that later attempts, or later notices, have made history: grey lines, the newest first. */
export function DeliveryPast({ before, older }: Pick<Story, "before" | "older">) {
  return (
    <>
      {before.map(({ key, sentence, at, times }) => (
        <p key={key} className="basis-full text-small wrap-anywhere text-ink-3 md:pl-[38px]">
          Before: {sentence} {times > 1 && `(${times} times) `}
          <ClockTime at={at} />
        </p>
      ))}
      {older > 0 && <p className="basis-full text-small text-ink-3 md:pl-[38px]">and {older} more</p>}
    </>
  );
}
