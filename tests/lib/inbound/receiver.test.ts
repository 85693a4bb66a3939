import { describe, expect, test } from "vitest";
import { readRawMail } from "@/lib/inbound/ledger";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { DEMO_MAILS } from "@/scripts/demo/mails";
import { sendDemoMails } from "@/scripts/demo/send-mails";
import { ingestAll, rawMail } from "@/tests/support/factories/inbound-mails";
import { receiverForFile } from "@/tests/support/smtp/for-file";

const { port, send } = await receiverForFile();

/** Mails of the demo that join the ticket of another one. */
const ANSWERS = 3;

describe("the SMTP receiver", () => {
  test("answers 250 once the ledger has the mail, byte for byte", async () => {
    const raw = rawMail({ body: "One line.\r\n.\r\n..two dots\r\n" });
    const { response } = await send(raw, "sender@example.com", ["any@desk.example", "other@desk.example"]);
    const row = await InboundEmail.findOne({ envelopeFrom: "sender@example.com" }).orFail().lean();
    expect(response).toMatch(/^250/);
    expect(row).toMatchObject({
      state: "received",
      source: "smtp",
      envelopeTo: ["any@desk.example", "other@desk.example"],
      peer: { address: "127.0.0.1", helo: expect.stringMatching(/./) },
    });
    expect(await readRawMail(row._id)).toEqual(raw);
  });

  test("accepts a notice with the null sender", async () => {
    await send(rawMail({ header: { "Message-ID": "<notice@example.com>" } }), "");
    expect(await InboundEmail.countDocuments({ envelopeFrom: "" })).toBe(1);
  });

  test.each([
    "björn@farm.example",
    "ann@bäcker.example",
    '"front desk"@farm.example',
    '"a@b \\"c\\""@farm.example',
    "build@ci_server.example",
  ])("keeps the envelope of %s", async (address) => {
    const { response } = await send(rawMail(), address, [address]);
    expect(response).toMatch(/^250/);
    const row = await InboundEmail.findOne({ envelopeTo: address }).orFail().lean();
    expect(row.envelopeFrom).toBe(address);
  });

  test("makes tickets of the demo's mails, once even if they are sent twice", async () => {
    await ingestAll();
    const before = await EmailThread.countDocuments();
    for (const report of [() => {}, () => {}]) {
      await sendDemoMails(port, report);
      await ingestAll();
      expect(await EmailThread.countDocuments()).toBe(before + DEMO_MAILS.length - ANSWERS);
    }
    const paid = await EmailThread.findOne({ subject: "Payment failed" }).lean();
    expect(paid).toMatchObject({ from: "mike@startup.example", fromName: "Mike Larsen", messageCount: 2 });
    expect(await EmailThread.findOne({ from: "sato@kaisha.example" }).lean()).toMatchObject({
      subject: "パスワードを再設定できません",
      fromName: "佐藤 健",
    });
    expect(await EmailThread.findOne({ from: "j.groessmann@werkstatt.example" }).lean()).toMatchObject({
      newcomers: [{ address: "buchhaltung@werkstatt-gruppe.example", why: "wrote" }],
    });
    expect(await EmailThread.findOne({ from: "selma@brandt-schule.example" }).lean()).toMatchObject({
      fromName: "Selma Brandt",
    });
    expect(await InboundEmail.countDocuments({ state: "ticketed", copies: 2 })).toBe(DEMO_MAILS.length);
  });
});
