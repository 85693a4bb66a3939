import mongoose from "mongoose";
import { describe, expect, test } from "vitest";
import { MAIL_MAX_BYTES, readRawMail } from "@/lib/inbound/ledger";
import { mailHash } from "@/lib/mail/mail-hash";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ingestAll, rawMail, receive, refuseMail, storedRow } from "@/tests/support/factories/inbound-mails";

const countRawFiles = () => mongoose.connection.collection("raw.files").countDocuments();
const largeMail = () => rawMail({ body: Buffer.alloc(6 * 1024 * 1024, "0123456789abcdef\r\n") });

describe("receiveMail", () => {
  test("keeps the mail byte for byte with its envelope", async () => {
    const raw = rawMail({ body: Buffer.from([0, 255, 13, 10, 10, 13, 128]) });
    const receipt = await receive(raw, { from: "a@example.com", to: ["b@desk.example", "c@desk.example"] });
    expect(receipt).toEqual({ ledgerId: mailHash("support@desk.example", raw), duplicate: false });
    expect(await storedRow(receipt.ledgerId)).toMatchObject({
      inbox: "support@desk.example",
      state: "received",
      sizeBytes: raw.length,
      envelopeFrom: "a@example.com",
      envelopeTo: ["b@desk.example", "c@desk.example"],
      source: "smtp",
      copies: 1,
      attempts: 0,
      threadId: null,
    });
    expect(await readRawMail(receipt.ledgerId)).toEqual(raw);
  });

  test("keeps a mail of more than 4 MB byte for byte, and makes it a ticket", async () => {
    const raw = largeMail();
    const { ledgerId } = await receive(raw);
    const row = await storedRow(ledgerId);
    expect(row).toMatchObject({ raw: null, sizeBytes: raw.length });
    expect(row.rawFileId).not.toBeNull();
    expect(Buffer.compare((await readRawMail(ledgerId)) ?? Buffer.alloc(0), raw)).toBe(0);
    await ingestAll();
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
  });

  test("keeps one file for a large mail that arrives five times at once", async () => {
    const raw = largeMail();
    const before = await countRawFiles();
    const receipts = await Promise.all(Array.from({ length: 5 }, () => receive(raw)));
    expect(receipts.filter((receipt) => !receipt.duplicate)).toHaveLength(1);
    expect(await countRawFiles()).toBe(before + 1);
    expect(Buffer.compare((await readRawMail(receipts[0]?.ledgerId ?? "")) ?? Buffer.alloc(0), raw)).toBe(0);
  });

  test.each(["", "\r\n", " \r\n\t\r\n"])(
    "leaves a row with the reason for the empty mail %j",
    async (content) => {
      const { ledgerId } = await receive(Buffer.from(content));
      await ingestAll();
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ignored", reason: "empty", threadId: null });
    },
  );

  test("distinguishes mails that differ in one byte of their body, or in their subject", async () => {
    const ids = await Promise.all(
      ["a", "b"].flatMap((value) => [
        receive(
          rawMail({ header: { Subject: value, "Message-ID": null, From: "x@example.com" }, body: "same" }),
        ),
        receive(
          rawMail({ header: { Subject: "same", "Message-ID": null, From: "x@example.com" }, body: value }),
        ),
      ]),
    );
    expect(new Set(ids.map((receipt) => receipt.ledgerId)).size).toBe(4);
  });
});

describe("recordRefusedMail", () => {
  test("keeps the beginning of a mail that was too large, once however often it is sent", async () => {
    const head = rawMail({ body: "the beginning" });
    const receipts = [await refuseMail(head), await refuseMail(head)];
    expect(receipts.map((receipt) => receipt.duplicate)).toEqual([false, true]);
    await ingestAll();
    const row = await InboundEmail.findById(receipts[0]?.ledgerId).lean();
    expect(row).toMatchObject({
      state: "failed",
      copies: 2,
      sizeBytes: MAIL_MAX_BYTES + 1,
      error: "The mail is larger than 40 MB and was refused; its beginning is kept.",
    });
    expect(await readRawMail(row?._id ?? "")).toEqual(head);
  });

  test("does not block the same mail in a smaller size", async () => {
    const raw = rawMail();
    await refuseMail(raw);
    expect(await receive(raw)).toMatchObject({ duplicate: false });
  });
});

describe("readRawMail", () => {
  test("returns null if there is no such row", async () => {
    expect(await readRawMail("0".repeat(64))).toBeNull();
  });
});
