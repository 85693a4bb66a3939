import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAIL_MAX_BYTES, receiveMail, recordRefusedMail } from "@/lib/inbound/ledger";
import { createIndexes } from "@/lib/store/indexes";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { restoreBackup, takeBackup } from "@/scripts/backup/backup";
import { checkRawMails } from "@/scripts/backup/raw-mails";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "claimdesk-backup-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function emptyDatabase() {
  await mongoose.connection.dropDatabase();
  await createIndexes();
}

function mail(size: number): Buffer {
  return Buffer.from(`From: lena@example.com\r\nSubject: Mail of ${size}\r\n\r\n${"x".repeat(size)}\r\n`);
}

describe("a backup", () => {
  test("restores every document byte for byte, raw mails in rows and in GridFS included", async () => {
    await emptyDatabase();
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    const before = await storedThread(thread.id);
    for (const size of [100, 5_000_000]) {
      await receiveMail({ raw: mail(size), envelope: { from: "lena@example.com", to: [] }, source: "smtp" });
    }

    const saved = await takeBackup(folder);
    await emptyDatabase();
    expect(await restoreBackup(folder)).toEqual(saved);

    expect(await storedThread(thread.id)).toEqual(before);
    expect(await checkRawMails()).toEqual({ sound: 2, broken: [] });
  });

  test("is refused where the database has tickets already, and nothing is written", async () => {
    await emptyDatabase();
    await createThread();
    await takeBackup(folder);
    const newer = await createThread();
    await expect(restoreBackup(folder)).rejects.toThrow("Restore into an empty one");
    expect(await EmailThread.countDocuments({})).toBe(2);
    expect(await storedThread(newer.id)).toMatchObject({ _id: newer._id });
  });

  test("with a file cut short is noticed", async () => {
    await emptyDatabase();
    await createThread();
    await takeBackup(folder);
    await emptyDatabase();
    await appendFile(path.join(folder, "emailthreads.bson"), Buffer.from([200, 0, 0, 0, 1]));
    await expect(restoreBackup(folder)).rejects.toThrow("incomplete");
  });

  test("names the ledger row whose mail was changed", async () => {
    await emptyDatabase();
    const { ledgerId } = await receiveMail({
      raw: mail(50),
      envelope: { from: null, to: [] },
      source: "http",
    });
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { raw: mail(51) } });
    expect(await checkRawMails()).toEqual({ sound: 0, broken: [ledgerId] });
  });

  test("checks a mail that failed as well, but not one of which only the beginning is kept", async () => {
    await emptyDatabase();
    const envelope = { from: null, to: [] };
    const { ledgerId } = await receiveMail({ raw: mail(50), envelope, source: "http" });
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { state: "failed" } });
    await recordRefusedMail({ head: mail(60), sizeBytes: MAIL_MAX_BYTES + 1, envelope, source: "smtp" });
    expect(await checkRawMails()).toEqual({ sound: 1, broken: [] });
  });
});
