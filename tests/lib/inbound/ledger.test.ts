import mongoose from "mongoose";
import { describe, expect, test } from "vitest";
import { MAIL_MAX_BYTES, readRawMail, receiveMail } from "@/lib/inbound/ledger";
import { identifyMail } from "@/lib/mail/mail-hash";
import { InboundEmail } from "@/models/InboundEmailModel";
import { commandsOf } from "@/tests/support/database/commands";
import { ingestAll, rawMail, receive, refuseMail, storedRow } from "@/tests/support/factories/inbound-mails";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";

const countRawFiles = () => mongoose.connection.collection("raw.files").countDocuments();
const chunkOwners = async () =>
  (await mongoose.connection.collection("raw.chunks").distinct("files_id")).map(String);

const MAJORITY = expect.objectContaining({ w: "majority" });

describe("receiveMail", () => {
  test("keeps the mail byte for byte with its envelope", async () => {
    const raw = rawMail({ body: Buffer.from([0, 255, 13, 10, 10, 13, 128]) });
    const receipt = await receive(raw, { from: "a@example.com", to: ["b@desk.example", "c@desk.example"] });
    const { hash } = await identifyMail("support@desk.example", [raw]);
    expect(receipt).toEqual({ ledgerId: hash, duplicate: false });
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

  test.each([1, 255 * 1024, 255 * 1024 + 1, 6 * 1024 * 1024])(
    "keeps a mail with a body of %i bytes beside its row, byte for byte, and makes it a ticket",
    async (length) => {
      const raw = rawMail({ body: Buffer.alloc(length, "0123456789abcdef\r\n") });
      const { ledgerId } = await receive(raw);
      const row = await storedRow(ledgerId);
      expect(row).toMatchObject({ raw: null, sizeBytes: raw.length });
      expect(row.rawFileId).not.toBeNull();
      expect(Buffer.compare((await readRawMail(ledgerId)) ?? Buffer.alloc(0), raw)).toBe(0);
      await ingestAll();
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
    },
  );

  test("keeps a mail that comes in parts of any size, byte for byte", async () => {
    const raw = rawMail({ body: Buffer.alloc(700_000, "0123456789abcdef\r\n") });
    const parts: Buffer[] = [];
    for (let at = 0, size = 1; at < raw.length; at += size, size = (size * 7) % 99_991)
      parts.push(raw.subarray(at, at + size));
    const envelope = { from: "a@example.com", to: [] };
    const { ledgerId } = await receiveMail({ raw: parts, envelope, source: "smtp" });
    expect(await receive(raw)).toEqual({ ledgerId, duplicate: true });
    expect(Buffer.compare((await readRawMail(ledgerId)) ?? Buffer.alloc(0), raw)).toBe(0);
  });

  test("still reads a mail that an older version kept in its row", async () => {
    const row = ledgerRow({ raw: Buffer.from([0, 255, 13, 10, 128]) });
    await InboundEmail.create(row);
    expect(await readRawMail(row._id)).toEqual(row.raw);
  });

  test.each(["a small", "a large"])(
    "keeps one file for %s mail that arrives five times at once",
    async (size) => {
      const raw = rawMail(size === "a large" ? { body: Buffer.alloc(6 * 1024 * 1024, "abcdef\r\n") } : {});
      const before = await countRawFiles();
      const receipts = await Promise.all(Array.from({ length: 5 }, () => receive(raw)));
      expect(receipts.filter((receipt) => !receipt.duplicate)).toHaveLength(1);
      expect(await countRawFiles()).toBe(before + 1);
      const { rawFileId } = await storedRow(receipts[0]?.ledgerId ?? "");
      expect(await chunkOwners()).toContain(String(rawFileId));
      expect(await chunkOwners()).toHaveLength(before + 1);
      expect(Buffer.compare((await readRawMail(receipts[0]?.ledgerId ?? "")) ?? Buffer.alloc(0), raw)).toBe(
        0,
      );
    },
  );

  test("stores a small mail after one read by id in three writes, the row last, each acknowledged by a majority", async () => {
    await receive(rawMail()); // creates what the first mail of a process creates
    const commands = await commandsOf(() => receive(rawMail()));
    expect(commands.map(({ name, collection }) => `${name} ${collection}`)).toEqual([
      "find desks",
      "insert raw.chunks",
      "insert raw.files",
      "findAndModify inboundemails",
    ]);
    const written = commands.slice(1).map(({ writeConcern }) => writeConcern);
    expect(written).toEqual([MAJORITY, MAJORITY, MAJORITY]);
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
