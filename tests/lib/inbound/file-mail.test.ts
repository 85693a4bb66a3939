import { describe, expect, test } from "vitest";
import { sendingOf } from "@/lib/inbound/arrival";
import { fileMail } from "@/lib/inbound/file-mail";
import { inboundMessageId, type Filing, type LeasedRow } from "@/lib/inbound/filing";
import { matchThread } from "@/lib/inbound/thread-match";
import { readDesk } from "@/lib/conversation/desk";
import { parseMail } from "@/lib/mail/parse";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import {
  deliver,
  ingestAll,
  rawAnswer,
  rawMail,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { member, storedThread } from "@/tests/support/factories/threads";

/** A received mail whose worker has leased and parsed it, and is about to file it. */
async function readyToFile(raw: Buffer, leaseId: string): Promise<Filing> {
  const { ledgerId } = await receive(raw);
  const row: LeasedRow = { ...(await storedRow(ledgerId)), leaseId, leasedAt: new Date() };
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: { leaseId } });
  const mail = await parseMail(raw, ledgerId);
  const ownId = mail.head.messageId ?? ledgerId;
  const messageId = inboundMessageId(row.inbox, ownId, mail);
  const desk = await readDesk();
  const senderCheck = { result: "none" as const, domain: null };
  const sending = await sendingOf({ row, desk, mail, messageId, senderCheck });
  const writer = sending.arrival.writer.person.address;
  return {
    row,
    desk,
    mail,
    ownId,
    messageId,
    attachments: [],
    senderCheck,
    sending,
    automatic: false,
    reported: null,
    reaction: null,
    match: await matchThread(desk, { mail, ownId, writer, addressed: [], reportedIn: null }),
  };
}

describe("fileMail", () => {
  test("stores nothing if another worker has the lease by now", async () => {
    const filing = await readyToFile(rawMail(), "slow worker");
    await InboundEmail.updateOne({ _id: filing.row._id }, { $set: { leaseId: "fast worker" } });
    expect(await fileMail(filing)).toBe("lease_lost");
    expect(await EmailMessage.exists({ _id: filing.messageId })).toBeNull();
    expect(await EmailThread.exists({ subject: filing.mail.head.subject })).toBeNull();
    expect(await storedRow(filing.row._id)).toMatchObject({ state: "received", leaseId: "fast worker" });
  });

  test("reports a mail that is filed already, and changes nothing", async () => {
    const filing = await readyToFile(rawMail(), "worker");
    expect(await fileMail(filing)).toBe("filed");
    const before = await EmailThread.findOne({ subject: filing.mail.head.subject }).lean();
    expect(await fileMail(filing)).toBe("message_exists");
    expect(await EmailThread.findOne({ subject: filing.mail.head.subject }).lean()).toEqual(before);
  });

  test("stores nothing if another mail took one of its Message-IDs meanwhile", async () => {
    const shared = { From: "ada@reader.example", References: "<shared@example.com>" };
    const filing = await readyToFile(rawMail({ header: shared }), "worker");
    const faster = rawMail({ header: shared });
    const { row } = await deliverMeanwhile(filing, faster);
    expect(await fileMail(filing)).toBe("alias_taken");
    expect(await EmailMessage.exists({ _id: filing.messageId })).toBeNull();
    expect(row.state).toBe("ticketed");
  });

  test("loses nothing if mails, claims and unclaims change one ticket at the same time", async () => {
    const { threadId: id, message } = await deliver(rawMail());
    const priya = member("Priya Nair");
    await Promise.all(Array.from({ length: 8 }, () => receive(rawAnswer(message))));
    const claimAndUnclaim = async () => {
      for (let round = 0; round < 5; round += 1) {
        await claimTicket(id, priya);
        await unclaimTicket(id, priya);
      }
    };
    await Promise.all([ingestAll(), ingestAll(), ingestAll(), claimAndUnclaim()]);
    const stored = await storedThread(id);
    expect(stored).toMatchObject({ messageCount: 9, revision: 19, assignedTo: null });
    expect(stored.history?.map((line) => line.revision)).toEqual(
      Array.from({ length: 19 }, (_, index) => index + 1),
    );
  });
});

/** Delivers another mail while the worker of `filing` has its lease. */
async function deliverMeanwhile(filing: Filing, raw: Buffer) {
  await InboundEmail.updateOne({ _id: filing.row._id }, { $set: { dueAt: new Date(Date.now() + 60_000) } });
  return deliver(raw);
}
