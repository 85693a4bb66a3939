import { describe, expect, test } from "vitest";
import { replyToTicket } from "@/lib/tickets/reply";
import { createMail, createTicket, deliverAll, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const catcher = await mailCatcherForFile();

/** Replies to the ticket's last message. Returns the stored reply and the mail that was sent. */
async function answer({ thread }: Awaited<ReturnType<typeof createTicket>>, text = "Here you go.") {
  const { lastMessageId } = await storedThread(thread.id);
  await replyToTicket({ threadId: thread.id, text, lastSeenMessageId: lastMessageId }, priya);
  await deliverAll();
  const row = (await storedReplies(thread)).at(-1);
  const mail = catcher.mails().find(({ messageId }) => messageId === row?.rfcMessageId);
  if (!row || !mail) throw new Error("The reply was not caught");
  return { row, mail };
}

describe("the mail a customer gets", () => {
  test("answers their last mail, references the whole conversation, and has one Re: in its subject", async () => {
    const ticket = await createTicket();
    const first = await answer(ticket);
    const second = await createMail(ticket.thread, {
      subject: "RE: Re: AW: Billing",
      references: [ticket.mail.rfcMessageId ?? "", first.row.rfcMessageId ?? ""],
    });
    const { row, mail } = await answer(ticket);
    expect(mail.subject).toBe("Re: Billing");
    expect(mail.inReplyTo).toBe(second.rfcMessageId);
    expect(mail.references).toEqual([
      ticket.mail.rfcMessageId,
      first.row.rfcMessageId,
      second.rfcMessageId,
      row.rfcMessageId,
    ]);
    expect(mail.from).toBe('"Desk Support" <support@desk.example>');
  });

  test("goes to the ticket's address, unchanged in envelope and header", async () => {
    const from = "O'Brien+Tag=1@Sub.Customers.example";
    const { mail } = await answer(await createTicket({ from }));
    expect(mail).toMatchObject({ envelopeFrom: "support@desk.example", envelopeTo: [from] });
    expect(mail.to.toLowerCase()).toBe(from.toLowerCase());
  });

  test("goes where the customer asks to be answered, but not to a Reply-To that only a later mail names", async () => {
    const elsewhere = "elsewhere@customers.example";
    const redirected = await createTicket({ replyTo: [elsewhere], participants: [] });
    expect((await answer(redirected)).mail.envelopeTo).toEqual([elsewhere]);
    for (const replyTo of [elsewhere, "Support@Desk.example", "a@x, b@y", "a@x\r\nBcc: b@y", ""]) {
      const ticket = await createTicket();
      await createMail(ticket.thread, { replyTo });
      expect((await answer(ticket)).mail.envelopeTo).toEqual([ticket.thread.from]);
    }
  });

  test("answers the customer's mail, not an automatic one after it", async () => {
    const ticket = await createTicket();
    await createMail(ticket.thread, {
      automatic: true,
      from: "robot@customers.example",
      subject: "Out of office",
    });
    const { mail } = await answer(ticket);
    expect(mail).toMatchObject({ inReplyTo: ticket.mail.rfcMessageId, envelopeTo: [ticket.thread.from] });
  });

  test("has no header injected by a subject, an address or a Message-ID", async () => {
    const ticket = await createTicket();
    await createMail(ticket.thread, {
      subject: "Hi\r\nBcc: evil@x.example\r\n\r\nBody",
      rfcMessageId: "<a@b>\r\nBcc: evil@x.example",
      references: ["<c@d>\r\nBcc: evil@x.example", "<e@f>"],
      replyTo: "lena@x.example>\r\nRCPT TO:<evil@x.example",
    });
    const { mail } = await answer(ticket, "Hello\r\n.\r\nMAIL FROM:<evil@x.example>\n.\nBcc: evil");
    const headers = mail.raw.slice(0, mail.raw.indexOf("\r\n\r\n"));
    expect(headers).not.toMatch(/^bcc:/im);
    expect(mail.envelopeTo).toEqual([ticket.thread.from]);
    expect(mail.subject).toBe("Re: Hi Bcc: evil@x.example Body");
    expect(mail.text).toBe("Hello\n.\nMAIL FROM:<evil@x.example>\n.\nBcc: evil\n");
  });

  test("keeps the text of every script, and lines that begin with a dot", async () => {
    const text = ".\n..\nGrüße, 你好, שלום, 👋🏽\n=3D =\n-- \nFrom here\n" + "ü".repeat(3_000);
    const { mail } = await answer(await createTicket(), text);
    expect(mail.text).toBe(`${text}\n`);
  });
});
