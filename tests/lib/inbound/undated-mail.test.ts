import { describe, expect, test } from "vitest";
import { UNDATED_COPY_MS } from "@/lib/inbound/ledger";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { commandsOf } from "@/tests/support/database/commands";
import { ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";

const START = new Date("2026-11-23T10:00:00Z").getTime();
const at = (raw: Buffer, afterMs: number) => receive(raw, {}, new Date(START + afterMs));
const times = (count: number, make: (index: number) => number) =>
  Array.from({ length: count }, (_, i) => make(i));

/** A mail as a web form sends it: the same words make the same bytes. */
const fromForm = () => rawMail({ header: { Date: null, "Message-ID": null } });

describe("a mail without Date and Message-ID", () => {
  test("is a copy within 10 minutes, and a ticket of its own from then on", async () => {
    const raw = fromForm();
    const first = await at(raw, 0);
    expect(await at(raw, UNDATED_COPY_MS - 1)).toEqual({ ...first, duplicate: true });
    await ingestAll();
    const { threadId } = await storedRow(first.ledgerId);
    await EmailThread.updateOne({ _id: threadId }, { $set: { status: "resolved" } });

    const second = await at(raw, UNDATED_COPY_MS);
    expect(second.duplicate).toBe(false);
    expect(second.ledgerId).not.toBe(first.ledgerId);
    await ingestAll();
    const again = await storedRow(second.ledgerId);
    expect(again).toMatchObject({ state: "ticketed", outcome: "opened", copies: 1 });
    expect(again.threadId).not.toEqual(threadId);
    expect(await EmailThread.findById(threadId).lean()).toMatchObject({
      status: "resolved",
      messageCount: 1,
    });
  });

  test("finds its own row again within the 10 minutes of each repeat", async () => {
    const raw = fromForm();
    const rows = times(5, (index) => index * UNDATED_COPY_MS);
    const ids: string[] = [];
    for (const start of rows) {
      const { ledgerId, duplicate } = await at(raw, start);
      expect(duplicate).toBe(false);
      expect(await at(raw, start + UNDATED_COPY_MS - 1)).toEqual({ ledgerId, duplicate: true });
      ids.push(ledgerId);
    }
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(await storedRow(id)).toMatchObject({ copies: 2 });
  });

  test.each([0, 1, 2])("gets one row from twenty arrivals at once, after %i repeats", async (repeats) => {
    const raw = fromForm();
    for (const start of times(repeats, (index) => index * UNDATED_COPY_MS)) await at(raw, start);
    const receipts = await Promise.all(
      times(20, () => repeats * UNDATED_COPY_MS).map((start) => at(raw, start)),
    );
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const [id = "", ...others] = new Set(receipts.map(({ ledgerId }) => ledgerId));
    expect(others).toEqual([]);
    expect(await storedRow(id)).toMatchObject({ copies: 20, repeat: repeats });
  });

  test("costs the same for the hundredth repeat, and finds it if the number was not noted", async () => {
    const raw = fromForm();
    for (const start of times(100, (index) => index * UNDATED_COPY_MS)) await at(raw, start);
    const commands = await commandsOf(() => at(raw, 100 * UNDATED_COPY_MS));
    expect(commands.length).toBeLessThanOrEqual(10);

    const first = await InboundEmail.findOne({ lastRepeat: 100 }).orFail().lean();
    await InboundEmail.updateOne({ _id: first._id }, { $set: { lastRepeat: 97 } });
    const copy = await at(raw, 100 * UNDATED_COPY_MS + 1);
    expect(copy.duplicate).toBe(true);
    expect(await storedRow(copy.ledgerId)).toMatchObject({ repeat: 100, copies: 2 });
  });
});

test.each([
  ["a Date", { "Message-ID": null }],
  ["a Message-ID", { Date: null }],
])("a mail with %s is a copy for ever", async (_case, header) => {
  const raw = rawMail({ header });
  const first = await at(raw, 0);
  expect(await at(raw, 1000 * UNDATED_COPY_MS)).toEqual({ ...first, duplicate: true });
});

test("an empty mail is a copy for ever", async () => {
  const first = await at(Buffer.from("\r\n"), 0);
  expect(await at(Buffer.from("\r\n"), 1000 * UNDATED_COPY_MS)).toEqual({ ...first, duplicate: true });
});
