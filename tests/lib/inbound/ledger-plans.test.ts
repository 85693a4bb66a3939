import { beforeAll, describe, expect, test } from "vitest";
import { listLedger, summariseLedger } from "@/lib/inbound/ledger-list";
import { mailSilence } from "@/lib/inbound/silence";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { profiled } from "@/tests/support/database/profiled";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";

const MAILS = 6_000;
const MINUTE_MS = 60_000;
const KINDS: Partial<StoredInboundEmail>[] = [
  { state: "ticketed", outcome: "opened", error: null },
  { state: "ticketed", outcome: "joined", error: null },
  { state: "ticketed", outcome: null, error: null },
  { state: "ignored", reason: "empty", error: null },
  { state: "ignored", reason: "echo", error: null },
  { state: "failed" },
];
const now = new Date();
const page = { limit: 50 };
const reads = (work: () => Promise<unknown>) => profiled(InboundEmail, work);

beforeAll(async () => {
  await InboundEmail.collection.insertMany(
    Array.from({ length: MAILS }, (_, index) =>
      ledgerRow({
        ...KINDS[index % KINDS.length],
        receivedAt: new Date(now.getTime() - 4 * 60 * MINUTE_MS - index * MINUTE_MS),
      }),
    ) as never[],
  );
});

describe("a ledger of many mails", () => {
  test.each([
    ["all mails", () => listLedger(page)],
    ["failed mails", () => listLedger({ ...page, state: "failed" })],
    ["mails in a ticket", () => listLedger({ ...page, state: "ticketed" })],
  ])("reads at most twice what it shows of %s, from its index", async (_name, list) => {
    const [query] = await reads(list);
    expect(query).toMatchObject({ planSummary: expect.stringContaining("IXSCAN"), nreturned: 51 });
    expect(query?.docsExamined).toBeLessThanOrEqual(102);
    expect(query?.keysExamined).toBeLessThanOrEqual(102);
  });

  test("reads as few keys at depth as at the start", async () => {
    const [mail] = await InboundEmail.find().sort({ receivedAt: -1, _id: -1 }).skip(4_000).limit(1).lean();
    const cursor = `${mail?.receivedAt.getTime()}-${mail?._id}`;
    const [query] = await reads(() => listLedger({ ...page, cursor }));
    expect(query?.nreturned).toBe(51);
    expect(query?.keysExamined).toBeLessThanOrEqual(102);
  });

  test("counts from indexes only, and stops at a thousand", async () => {
    const summary = await summariseLedger(now);
    expect(summary.week).toMatchObject({ received: "999+", tickets: "999+", ignored: { empty: "999+" } });
    const counts = await reads(() => summariseLedger(now));
    expect(counts).toHaveLength(16);
    for (const count of counts) {
      expect(count.planSummary).toMatch(/IXSCAN|COUNT_SCAN|EOF/);
      expect(count.keysExamined).toBeLessThanOrEqual(1_010);
      expect(count.docsExamined).toBe(0);
    }
  });

  test("finds a silence from the index only, and reads one key while mail comes in", async () => {
    const silent = await reads(() => mailSilence(now));
    expect(silent).toHaveLength(2);
    for (const { docsExamined, keysExamined } of silent) {
      expect(docsExamined).toBe(0);
      expect(keysExamined).toBeLessThanOrEqual(5_001);
    }
    const recent = await reads(() => mailSilence(new Date(now.getTime() - 3 * 60 * MINUTE_MS)));
    expect(recent).toMatchObject([{ keysExamined: 1 }]);
  });
});
