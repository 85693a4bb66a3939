import mongoose from "mongoose";
import { afterEach, describe, expect, test } from "vitest";
import { discardFilesOf, LeaseLostError, storeAttachments } from "@/lib/inbound/attachments";
import type { LeasedRow } from "@/lib/inbound/filing";
import { ingestStep } from "@/lib/inbound/ingest";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { ingestAll, multipart, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { createThread } from "@/tests/support/factories/threads";

const MB = 1024 * 1024;
const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

function file(bytes: number): string {
  return `Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\n${"x".repeat(bytes)}`;
}

const withFiles = (...sizes: number[]) => rawMail(filesOf(sizes));
const filesOf = (sizes: number[]) =>
  multipart("mixed", "Content-Type: text/plain\r\n\r\nSee the files.", ...sizes.map(file));

/** Another mail already uses the thread id that this mail would get, so that filing it fails every time. */
async function blockFiling(ledgerId: string) {
  return createThread({ _id: new mongoose.Types.ObjectId(ledgerId.slice(0, 24)) });
}

/** Takes the row as a worker does, without going on. */
async function lease(ledgerId: string): Promise<LeasedRow> {
  const lease = { leaseId: "of a dead worker", dueAt: minutesFromNow(1) };
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: lease });
  return { ...(await storedRow(ledgerId)), leaseId: lease.leaseId, leasedAt: new Date() };
}

const fileOf = (bytes: number) => ({
  filename: "a.bin",
  contentType: "application/octet-stream",
  contentId: null,
  content: new Uint8Array(bytes),
});

async function expectOnlyNamedFiles(): Promise<void> {
  const messages = await EmailMessage.find().select("attachments").lean();
  const named = messages.flatMap(({ attachments }) => attachments.map(({ fileId }) => fileId.toHexString()));
  const files = await mongoose.connection.collection("attachments.files").find().toArray();
  expect(files.map(({ _id }) => String(_id)).sort()).toEqual(named.sort());
  const chunks = await mongoose.connection.collection("attachments.chunks").distinct("files_id");
  expect(chunks.map(String).filter((id) => !named.includes(id))).toEqual([]);
}

describe("only files that a message names remain", () => {
  afterEach(expectOnlyNamedFiles);

  test("after five failed attempts", async () => {
    const { ledgerId } = await receive(withFiles(10, 300_000, 5 * MB));
    await blockFiling(ledgerId);
    for (let minutes = 0; minutes < 60; minutes += 5) await ingestAll(minutesFromNow(minutes));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "failed", attempts: 5 });
  });

  test("after a failed attempt and a good one", async () => {
    const { ledgerId } = await receive(withFiles(10, 300_000));
    const other = await blockFiling(ledgerId);
    await ingestAll();
    await EmailThread.deleteOne({ _id: other._id });
    await ingestAll(minutesFromNow(5));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed", attempts: 1 });
    expect(await EmailMessage.findOne({ ledgerId }).lean()).toMatchObject({
      attachments: [{ sizeBytes: 10 }, { sizeBytes: 300_000 }],
    });
  });

  test.each([
    ["can be filed", false],
    ["cannot be filed", true],
  ])("if a worker died after it stored files of a mail that %s", async (_case, isBlocked) => {
    const { ledgerId } = await receive(withFiles(10, 300_000));
    if (isBlocked) await blockFiling(ledgerId);
    await storeAttachments(await lease(ledgerId), [fileOf(10), fileOf(5 * MB)]);
    for (let minutes = 2; minutes < 60; minutes += 5) await ingestAll(minutesFromNow(minutes));
    expect(await storedRow(ledgerId)).toMatchObject({ state: isBlocked ? "failed" : "ticketed" });
  });

  test("if five workers died after they stored files", async () => {
    const { ledgerId } = await receive(withFiles(10));
    await storeAttachments(await lease(ledgerId), [fileOf(10)]);
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { attempts: 5 } });
    await ingestAll(minutesFromNow(2));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "failed" });
  });

  test("if a worker stores more files after another took its mail over", async () => {
    const { ledgerId } = await receive(withFiles(10));
    const slow = await lease(ledgerId);
    await storeAttachments(slow, [fileOf(10)]);
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { leaseId: "of another worker" } });
    await expect(storeAttachments(slow, [fileOf(10)])).rejects.toThrow(LeaseLostError);
    await ingestAll(minutesFromNow(2));
    await expect(storeAttachments(slow, [fileOf(10)])).rejects.toThrow(LeaseLostError);
  });

  test("if a worker takes the mail over while another is in the middle of a file", async () => {
    const { ledgerId } = await receive(withFiles(10));
    const storing = storeAttachments(await lease(ledgerId), [fileOf(39 * MB)]);
    const lost = expect(storing).rejects.toThrow(LeaseLostError);
    while (!(await storedRow(ledgerId)).storedFiles?.length);
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { leaseId: "of another worker" } });
    const other = { leaseId: "of another worker", leasedAt: new Date() };
    await discardFilesOf({ ...(await storedRow(ledgerId)), ...other });
    await lost;
    await ingestAll(minutesFromNow(2));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
  });

  test("if two rows hold the same mail and are read at once", async () => {
    const parts = filesOf([10, 300_000]);
    const header = {
      ...parts.header,
      From: "a@example.com",
      Subject: "Same",
      "Message-ID": "<same@example.com>",
    };
    const first = await receive(rawMail({ ...parts, header: { ...header, "X-Copy": "1" } }));
    const second = await receive(rawMail({ ...parts, header: { ...header, "X-Copy": "2" } }));
    await Promise.all([ingestStep(new Date()), ingestStep(new Date())]);
    await ingestAll(minutesFromNow(5));
    for (const { ledgerId } of [first, second])
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
  });

  test("if several workers take the same mail from each other while they store its files", async () => {
    const { ledgerId } = await receive(withFiles(...Array.from({ length: 8 }, () => 2 * MB)));
    await Promise.all([0, 2, 4, 6].map((minutes) => ingestStep(minutesFromNow(minutes))));
    await ingestAll(minutesFromNow(20));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
    expect(await EmailMessage.countDocuments({ ledgerId })).toBe(1);
  });

  test("if several workers take a mail that cannot be filed from each other", async () => {
    const { ledgerId } = await receive(withFiles(10, 2 * MB, 2 * MB));
    await blockFiling(ledgerId);
    await Promise.all([0, 2, 4, 6].map((minutes) => ingestStep(minutesFromNow(minutes))));
    for (let minutes = 10; minutes < 60; minutes += 5) await ingestAll(minutesFromNow(minutes));
    expect(await InboundEmail.findById(ledgerId).lean()).toMatchObject({ state: "failed" });
  });
});
