import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { identifyMail } from "@/lib/mail/mail-hash";
import { createIndexes } from "@/lib/store/indexes";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { restoreBackup, takeBackup } from "@/scripts/backup/backup";
import { checkRawMails } from "@/scripts/backup/raw-mails";
import { rawMail, receive, refuseMail, storedRow } from "@/tests/support/factories/inbound-mails";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "claimdesk-backup-"));
  await emptyDatabase();
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function emptyDatabase() {
  await mongoose.connection.dropDatabase();
  await createIndexes();
}

describe("a backup", () => {
  test("restores every document, and raw mails beside their rows and in rows of older versions", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    const before = await storedThread(thread.id);
    for (const size of [100, 5_000_000]) await receive(rawMail({ body: "x".repeat(size) }));
    await receiveAsBefore(rawMail());
    const undated = rawMail({ header: { Date: null, "Message-ID": null } });
    for (const minutes of [0, 10, 20]) await receive(undated, {}, new Date(minutes * 60_000));

    const saved = await takeBackup(folder);
    await emptyDatabase();
    expect(await restoreBackup(folder)).toEqual(saved);

    expect(await storedThread(thread.id)).toEqual(before);
    expect(await checkRawMails()).toEqual({ sound: 6, unchecked: 0, broken: [] });
    expect(await indexKeys("raw.chunks")).toContainEqual({ files_id: 1, n: 1 });
  });

  test("is not restored into a database that has tickets already", async () => {
    await createThread();
    await takeBackup(folder);
    const newer = await createThread();
    await expect(restoreBackup(folder)).rejects.toThrow("Restore into an empty one");
    expect(await EmailThread.countDocuments({})).toBe(2);
    expect(await storedThread(newer.id)).toMatchObject({ _id: newer._id });
  });

  test("is not restored if a file is incomplete", async () => {
    await createThread();
    await takeBackup(folder);
    await emptyDatabase();
    await appendFile(path.join(folder, "emailthreads.bson"), Buffer.from([200, 0, 0, 0, 1]));
    await expect(restoreBackup(folder)).rejects.toThrow("incomplete");
  });
});

describe("checkRawMails", () => {
  test("names the ledger row of a mail that changed", async () => {
    const [changed, other] = [await receive(rawMail()), await receive(rawMail())];
    const { rawFileId } = await storedRow(other.ledgerId);
    await InboundEmail.updateOne({ _id: changed.ledgerId }, { $set: { rawFileId } });
    expect(await checkRawMails()).toEqual({ sound: 1, unchecked: 0, broken: [changed.ledgerId] });
  });

  test.each(["raw.files", "raw.chunks"])(
    "names the ledger row of a mail that is gone from %s",
    async (name) => {
      const { ledgerId } = await receive(rawMail());
      await mongoose.connection.collection(name).deleteMany({});
      expect(await checkRawMails()).toEqual({ sound: 0, unchecked: 0, broken: [ledgerId] });
    },
  );

  test("checks a mail that failed, but not one that is kept in part or was removed", async () => {
    const { ledgerId } = await receive(rawMail());
    await InboundEmail.updateOne({ _id: ledgerId }, { $set: { state: "failed" } });
    await refuseMail();
    await createLedgerRow({ raw: null, rawRemovedAt: new Date() });
    expect(await checkRawMails()).toEqual({ sound: 1, unchecked: 0, broken: [] });
  });

  test("counts a row that an older version named by another rule as unchecked", async () => {
    await createLedgerRow({ raw: Buffer.from("Received: x\rFrom: a@example.com\r\rHello") });
    expect(await checkRawMails()).toEqual({ sound: 0, unchecked: 1, broken: [] });
  });
});

/** Leaves a row as older versions did, with the mail in it. */
async function receiveAsBefore(raw: Buffer) {
  const { hash } = await identifyMail("support@desk.example", [raw]);
  await createLedgerRow({ _id: ContentId.parse(hash), raw, sizeBytes: raw.length });
}

async function indexKeys(collection: string) {
  return (await mongoose.connection.collection(collection).indexes()).map(({ key }) => key);
}
