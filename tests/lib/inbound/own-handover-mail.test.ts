import { beforeEach, describe, expect, test } from "vitest";
import { tellAssigneeStep } from "@/lib/outbound/tell-assignee";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { givenTicket } from "@/tests/support/factories/handovers";
import {
  deliver,
  ingestAll,
  messagesOf,
  rawMail,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { createMember } from "@/tests/support/factories/members";
import { member, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const catcher = await mailCatcherForFile();
const priya = member("Priya Nair");

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), EmailMessage.deleteMany({}), Member.deleteMany({})]);
  await createMember("Priya Nair", { preferences: { mailOnHandover: true }, isDemo: true });
});

/** Gives Priya a ticket. Returns it and the mail that told her. */
async function toldTicket() {
  const thread = await givenTicket(priya, { waitingSince: new Date(Date.UTC(2026, 1, 1)) });
  await tellAssigneeStep();
  const mail = catcher.mails().at(-1);
  if (!mail?.messageId) throw new Error("Nobody was told");
  return { thread, raw: mail.raw, messageId: mail.messageId };
}

/** Receives the mail. Returns its row, once it is done, and how many tickets there are besides the one given. */
async function arrive(raw: string | Buffer, from = "priya_nair@team.example") {
  const { ledgerId } = await receive(Buffer.from(raw), { from });
  await ingestAll();
  return { row: await storedRow(ledgerId), others: (await EmailThread.countDocuments({})) - 1 };
}

const IGNORED = { row: { state: "ignored", reason: "echo" }, others: 0 };

describe("the desk's mail about a hand-over", () => {
  test.each([
    ["as it was sent", (raw: string) => raw],
    [
      "with a domain in capitals in its id",
      (raw: string) =>
        raw.replace(/^(Message-ID: <.*@)(.*)>/im, (_, a: string, b: string) => `${a}${b.toUpperCase()}>`),
    ],
    [
      "with another Message-ID",
      (raw: string) => raw.replace(/^Message-ID: .*$/im, "Message-ID: <0102@relay.example>"),
    ],
  ])("opens no ticket if it comes back %s", async (_, changed) => {
    const { raw } = await toldTicket();
    expect(changed(raw)).toMatch(/^References: <handover/im);
    expect(await arrive(changed(raw))).toMatchObject(IGNORED);
  });

  test("opens no ticket by the answer of a machine", async () => {
    const { messageId } = await toldTicket();
    const header = { From: priya.email, "In-Reply-To": messageId, "Auto-Submitted": "auto-replied" };
    expect(await arrive(rawMail({ header }))).toMatchObject(IGNORED);
  });

  test("opens no ticket by a report that it could not be delivered", async () => {
    const { raw } = await toldTicket();
    const head = raw.slice(0, raw.indexOf("\r\n\r\n"));
    const part = (type: string, text: string) => `--edge\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
    const status = "Final-Recipient: rfc822; priya_nair@team.example\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    const report = rawMail({
      header: {
        From: "MAILER-DAEMON@mx.team.example",
        "Content-Type": "multipart/report; report-type=delivery-status; boundary=edge",
      },
      body: [
        part("text/plain", "Not delivered."),
        part("message/delivery-status", `Reporting-MTA: dns; mx.team.example\r\n\r\n${status}`),
        part("text/rfc822-headers", head),
        "--edge--\r\n",
      ].join(""),
    });
    expect(await arrive(report, "")).toMatchObject(IGNORED);
  });
});

describe("a member's own answer to it, sent to the desk", () => {
  test("joins the ticket and leaves the customer waiting", async () => {
    const { thread, messageId } = await toldTicket();
    const header = { From: priya.email, "In-Reply-To": messageId, Subject: "Re: Maya gave you" };
    const { threadId } = await deliver(rawMail({ header, body: "I am out today." }));
    expect(threadId).toBe(thread.id);
    expect((await messagesOf(thread._id)).map(({ text }) => text.trim())).toEqual(["I am out today."]);
    const { waitingSince, assignedTo, from } = await storedThread(thread.id);
    expect({ waitingSince, assignedTo, from }).toEqual({
      waitingSince: thread.waitingSince,
      assignedTo: priya.id,
      from: thread.from,
    });
  });

  test("joins the ticket if it forwards the mail", async () => {
    const { thread, messageId } = await toldTicket();
    const header = { From: priya.email, References: messageId, Subject: "Fwd: Maya gave you" };
    expect((await deliver(rawMail({ header }))).threadId).toBe(thread.id);
  });
});

test("a customer's mail that names an id of another domain is a mail like any other", async () => {
  const id = `<handover.${"a".repeat(32)}@elsewhere.example>`;
  const { thread } = await deliver(rawMail({ header: { "Message-ID": id } }));
  expect(thread.attention).toMatchObject({ kind: "customer_mail" });
});
