"use client";
import { classNames } from "./class-names";
import { Icon } from "./Icon";
import { useHydrated, useNow } from "./Now";
import { agoText, clockTime, exactTime, sentenceTime, shortAge, urgencyOf, type Urgency } from "./times";

/** The exact time for a tooltip; in UTC until the reader's time zone is known. */
function useExact(date: Date): string {
  return useHydrated() ? exactTime(date) : `${exactTime(date, "UTC")} UTC`;
}

const TONES: Record<Urgency, string> = {
  calm: "text-ink-3",
  warn: "font-medium text-unclaimed",
  late: "font-semibold text-danger",
};

type AgeProps = {
  /** ISO 8601. */
  since: string;
  /** Never coloured: for tickets whose customer is not waiting for us. */
  quiet?: boolean;
  className?: string;
};

/** How long a ticket has been unanswered, for the age column. Orange from 1 hour, red with a triangle from 4. */
export function Age({ since, quiet = false, className }: AgeProps) {
  const now = useNow();
  const date = new Date(since);
  const exact = useExact(date);
  const elapsedMs = now - date.getTime();
  const urgency = quiet ? "calm" : urgencyOf(elapsedMs);
  return (
    <time
      dateTime={since}
      title={exact}
      data-urgency={urgency}
      className={classNames(
        "inline-flex items-center justify-end gap-1 text-small whitespace-nowrap",
        TONES[urgency],
        className,
      )}
    >
      {urgency === "late" && <Icon name="alert" size={12} isBold />}
      {shortAge(elapsedMs)}
    </time>
  );
}

/**
 * "2 seconds ago", inside a sentence. It changes each second for the eyes alone: a screen reader gets "at 09:20", and so
 * does not read a live region around it again and again.
 */
export function Ago({ since }: { since: string }) {
  const now = useNow({ precise: true });
  const timeZone = useHydrated() ? undefined : "UTC";
  const date = new Date(since);
  return (
    <time
      dateTime={since}
      title={useExact(date)}
      data-spoken={sentenceTime(date, new Date(now), timeZone)}
      className="relative after:sr-only after:content-[attr(data-spoken)]"
    >
      <span aria-hidden="true">{agoText(now - date.getTime())}</span>
    </time>
  );
}

/** "09:12", with the date if it is not today; in the reader's time zone. */
export function ClockTime({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  const isHydrated = useHydrated();
  const date = new Date(at);
  return (
    <time dateTime={at} title={useExact(date)} className={classNames("whitespace-nowrap", className)}>
      {clockTime(date, new Date(now), isHydrated ? undefined : "UTC")}
    </time>
  );
}
