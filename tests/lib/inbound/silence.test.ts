import { beforeEach, describe, expect, test } from "vitest";
import { mailSilence, silenceOf } from "@/lib/inbound/silence";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A Wednesday at 14:00. */
const LAST = new Date(Date.UTC(2026, 2, 11, 14));
const EVENING = new Date("2026-03-11T17:45Z");
const after = (hours: number) => new Date(LAST.getTime() + hours * HOUR_MS);

/** Arrivals every `everyMs` up to `last`, newest first, only at times when `isOpen`. */
function mailsEvery(
  everyMs: number,
  days: number,
  { last = LAST, isOpen = () => true }: { last?: Date; isOpen?: (at: Date) => boolean } = {},
): Date[] {
  const count = Math.floor((days * DAY_MS) / everyMs);
  return Array.from({ length: count }, (_, index) => new Date(last.getTime() - index * everyMs)).filter(
    isOpen,
  );
}

const inOfficeHours = (at: Date) => at.getUTCHours() >= 8 && at.getUTCHours() < 18;
const onWorkdays = (at: Date) => inOfficeHours(at) && at.getUTCDay() !== 0 && at.getUTCDay() !== 6;

describe("silenceOf", () => {
  test("says since when no mail has come, and the usual gap", () => {
    expect(silenceOf(mailsEvery(30 * MINUTE_MS, 14), after(5))).toEqual({
      since: LAST.toISOString(),
      usualGapMs: 30 * MINUTE_MS,
    });
  });

  test.each([
    ["2.9 hours on a desk with a mail a minute", MINUTE_MS, 2.9],
    ["three times the usual gap", 2 * HOUR_MS, 6],
  ])("reports nothing after %s", (_name, everyMs, hours) => {
    expect(silenceOf(mailsEvery(everyMs, 2), after(hours))).toBeNull();
  });

  test("reports a longer silence", () => {
    expect(silenceOf(mailsEvery(MINUTE_MS, 2), after(3.1))).not.toBeNull();
    expect(silenceOf(mailsEvery(2 * HOUR_MS, 2), after(6.1))).not.toBeNull();
  });

  test("reports nothing while fewer than twenty mails are known", () => {
    const mails = mailsEvery(30 * MINUTE_MS, 14);
    expect(silenceOf(mails.slice(0, 19), after(100))).toBeNull();
    expect(silenceOf(mails.slice(0, 20), after(100))).not.toBeNull();
    expect(silenceOf([], after(100))).toBeNull();
  });

  test("reports nothing during a usual night, but a morning without mail", () => {
    const mails = mailsEvery(15 * MINUTE_MS, 14, { last: EVENING, isOpen: inOfficeHours });
    expect(silenceOf(mails, new Date("2026-03-12T07:45Z"))).toBeNull();
    expect(silenceOf(mails, new Date("2026-03-12T09:45Z"))).not.toBeNull();
  });

  test("reports nothing during a usual weekend, but a Monday without mail", () => {
    const last = new Date("2026-03-13T17:45Z");
    const mails = mailsEvery(15 * MINUTE_MS, 14, { last, isOpen: onWorkdays });
    expect(silenceOf(mails, new Date("2026-03-15T20:00Z"))).toBeNull();
    expect(silenceOf(mails, new Date("2026-03-16T12:00Z"))).not.toBeNull();
  });

  test("compares a night with the night before if the desk is younger than a week", () => {
    const mails = mailsEvery(15 * MINUTE_MS, 3, { last: EVENING, isOpen: inOfficeHours });
    expect(silenceOf(mails, new Date("2026-03-12T07:45Z"))).toBeNull();
  });
});

describe("mailSilence", () => {
  beforeEach(async () => {
    await InboundEmail.deleteMany({});
  });

  const store = (arrivals: Date[]) =>
    InboundEmail.insertMany(arrivals.map((receivedAt) => ledgerRow({ receivedAt, state: "ticketed" })));

  test("reports a silence of the ledger, and nothing if no mail ever came", async () => {
    expect(await mailSilence(LAST)).toBeNull();
    await store(mailsEvery(HOUR_MS, 14));
    expect(await mailSilence(after(2))).toBeNull();
    expect(await mailSilence(after(5))).toEqual({ since: LAST.toISOString(), usualGapMs: HOUR_MS });
  });

  test("reports a silence for as long as it lasts", async () => {
    await store(mailsEvery(HOUR_MS, 14));
    expect(await mailSilence(after(24 * 60))).toMatchObject({ since: LAST.toISOString() });
  });
});
