import { describe, expect, test } from "vitest";
import { fileMail } from "@/lib/inbound/file-mail";
import { inboundMessageId, type Filing, type LeasedRow } from "@/lib/inbound/filing";
import { parseMail } from "@/lib/mail/parse";
import { matchThread } from "@/lib/inbound/thread-match";
import { claimTicket } from "@/lib/tickets/claim";
import { ThreadId } from "@/lib/api/contracts";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { deliver, ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { member, storedThread } from "@/tests/support/factories/threads";

/** Everything a worker has in hand just before it files a mail, its lease included. */
async function readyToFile(raw: Buffer, leaseId: string): Promise<Filing> {
  const { ledgerId } = await receive(raw);
  const row: LeasedRow = { ...(await storedRow(ledgerId)), leaseId };
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: { leaseId } });
  const mail = await parseMail(raw, ledgerId);
  const ownId = mail.head.messageId ?? ledgerId;
  const messageId = inboundMessageId(row.inbox, ownId, mail.contentHash);
  return {
    row,
    mail,
    ownId,
    messageId,
    attachments: [],
    automatic: false,
    match: await matchThread(row.inbox, mail, ownId),
  };
}

describe("fileMail", () => {
  test("stores nothing at all where another worker has the lease by now", async () => {
    const filing = await readyToFile(rawMail(), "slow worker");
    await InboundEmail.updateOne({ _id: filing.row._id }, { $set: { leaseId: "fast worker" } });
    expect(await fileMail(filing)).toBe("lease_lost");
    expect(await EmailMessage.exists({ _id: filing.messageId })).toBeNull();
    expect(await EmailThread.exists({ subject: filing.mail.head.subject })).toBeNull();
    expect(await storedRow(filing.row._id)).toMatchObject({ state: "received", leaseId: "fast worker" });
  });

  test("says of a mail that is in already that it is, and changes nothing", async () => {
    const filing = await readyToFile(rawMail(), "worker");
    expect(await fileMail(filing)).toBe("filed");
    const before = await EmailThread.findOne({ subject: filing.mail.head.subject }).lean();
    expect(await fileMail(filing)).toBe("message_exists");
    expect(await EmailThread.findOne({ subject: filing.mail.head.subject }).lean()).toEqual(before);
  });

  test("stores nothing where another mail took one of its Message-IDs meanwhile", async () => {
    const filing = await readyToFile(rawMail({ header: { References: "<shared@example.com>" } }), "worker");
    const faster = rawMail({ header: { References: "<shared@example.com>" } });
    const { row } = await deliverAround(filing, faster);
    expect(await fileMail(filing)).toBe("alias_taken");
    expect(await EmailMessage.exists({ _id: filing.messageId })).toBeNull();
    expect(row.state).toBe("ticketed");
  });

  test("loses nothing where mails, claims and unclaims meet in one ticket", async () => {
    const { thread, message } = await deliver(rawMail());
    const id = ThreadId.parse(thread._id.toHexString());
    const priya = member("Priya Nair");
    const mails = Array.from({ length: 8 }, () =>
      rawMail({ header: { "In-Reply-To": message.rfcMessageId } }),
    );
    await Promise.all(mails.map((raw) => receive(raw)));
    const verbs = async () => {
      for (let round = 0; round < 5; round += 1) {
        await claimTicket(id, priya);
        await unclaimTicket(id, priya);
      }
    };
    await Promise.all([ingestAll(), ingestAll(), ingestAll(), verbs()]);
    const stored = await storedThread(id);
    expect(stored).toMatchObject({ messageCount: 9, revision: 19, assignedTo: null });
    expect(stored.history?.map((line) => line.revision)).toEqual(
      Array.from({ length: 19 }, (_, index) => index + 1),
    );
  });
});

/** Delivers another mail while `filing` is under its worker's lease. */
async function deliverAround(filing: Filing, raw: Buffer) {
  await InboundEmail.updateOne({ _id: filing.row._id }, { $set: { dueAt: new Date(Date.now() + 60_000) } });
  return deliver(raw);
}
