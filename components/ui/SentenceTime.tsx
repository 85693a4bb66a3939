"use client";
import { useHydrated, useNow } from "./Now";
import { clockTime, exactTime } from "./times";

/** The time at the end of a sentence: "at 09:20", or "on 3 Mar, 09:20" if it was not today. */
export function SentenceTime({ at }: { at: string }) {
  const now = useNow();
  const timeZone = useHydrated() ? undefined : "UTC";
  const date = new Date(at);
  const time = clockTime(date, new Date(now), timeZone);
  return (
    <time dateTime={at} title={exactTime(date, timeZone)}>
      {time.includes(",") ? `on ${time}` : `at ${time}`}
    </time>
  );
}
