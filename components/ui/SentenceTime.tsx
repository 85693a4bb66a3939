"use client";
import { useHydrated, useNow } from "./Now";
import { exactTime, sentenceTime } from "./times";

/** "at 09:20", at the end of a sentence. */
export function SentenceTime({ at }: { at: string }) {
  const now = useNow();
  const timeZone = useHydrated() ? undefined : "UTC";
  const date = new Date(at);
  return (
    <time dateTime={at} title={exactTime(date, timeZone)}>
      {sentenceTime(date, new Date(now), timeZone)}
    </time>
  );
}
