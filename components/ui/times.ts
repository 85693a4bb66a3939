// Times in words. Pure: the caller passes the present.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long a ticket is unanswered before its age turns orange. */
const WARN_AFTER_MS = HOUR;
/** The same for red. */
const LATE_AFTER_MS = 4 * HOUR;

/** "now", "12 min", "5 h", "2 d": a duration, short enough for a column. */
export function shortAge(elapsedMs: number): string {
  if (elapsedMs < MINUTE) return "now";
  if (elapsedMs < HOUR) return `${Math.floor(elapsedMs / MINUTE)} min`;
  if (elapsedMs < DAY) return `${Math.floor(elapsedMs / HOUR)} h`;
  return `${Math.floor(elapsedMs / DAY)} d`;
}

/** "2 seconds", "5 hours": a duration for a sentence. */
export function longAge(elapsedMs: number): string {
  if (elapsedMs < MINUTE) return counted(Math.max(1, Math.floor(elapsedMs / SECOND)), "second");
  if (elapsedMs < HOUR) return counted(Math.floor(elapsedMs / MINUTE), "minute");
  if (elapsedMs < DAY) return counted(Math.floor(elapsedMs / HOUR), "hour");
  return counted(Math.floor(elapsedMs / DAY), "day");
}

/** "just now", "2 seconds ago", "5 hours ago". */
export function agoText(elapsedMs: number): string {
  return elapsedMs < SECOND ? "just now" : `${longAge(elapsedMs)} ago`;
}

export type Urgency = "calm" | "warn" | "late";

export function urgencyOf(elapsedMs: number): Urgency {
  if (elapsedMs >= LATE_AFTER_MS) return "late";
  return elapsedMs >= WARN_AFTER_MS ? "warn" : "calm";
}

const EXACT: Intl.DateTimeFormatOptions = {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};

/** "Tuesday, 10 March 2026 at 09:12", in the reader's time zone by default. */
export function exactTime(date: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...EXACT, timeZone }).format(date);
}

/** "09:12" on the same day, "3 Mar, 09:12" in the same year, otherwise "3 Mar 2025, 09:12". */
export function clockTime(date: Date, now: Date, timeZone?: string): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(date);
  const day = (of: Date) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(of);
  const time = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  if (day(date) === day(now)) return time;
  const isSameYear = day(date).slice(0, 4) === day(now).slice(0, 4);
  return `${format({ day: "numeric", month: "short", ...(isSameYear ? {} : { year: "numeric" }) })}, ${time}`;
}

/** The time at the end of a sentence: "at 09:20", or "on 3 Mar, 09:20" if it was not today. */
export function sentenceTime(date: Date, now: Date, timeZone?: string): string {
  const time = clockTime(date, now, timeZone);
  return time.includes(",") ? `on ${time}` : `at ${time}`;
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
