import { expect, test } from "vitest";
import { awaitDelivery } from "@/lib/outbound/await-delivery";
import { deliverStep } from "@/lib/outbound/deliver";
import { replyToTicket } from "@/lib/tickets/reply";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { setEnv } from "@/tests/support/routes/identities";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const catcher = await mailCatcherForFile();

test.each([{ SMTP_URL: undefined }, { SMTP_URL: undefined, SUPPORT_ADDRESS: undefined }])(
  "a desk with %o keeps a reply and says why it waits, and sends it once a server is set",
  async (missing) => {
    const { thread, mail } = await createTicket();
    setEnv(missing);
    const reply = await replyToTicket(
      { threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id },
      priya,
    );
    const startedAt = performance.now();
    expect(reply.ok && (await awaitDelivery(reply.value))).toMatchObject({
      ok: true,
      value: { state: "queued" },
    });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await deliverStep(new Date())).toEqual({ worked: false });
    const [row] = await storedReplies(thread);
    expect(row).toMatchObject({ state: "queued", attempts: 0, text: "Hi" });
    expect(row?.lastError).toMatch(/No mail server is configured/);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id });

    setEnv({ SMTP_URL: catcher.smtpUrl, SUPPORT_ADDRESS: "support@desk.example" });
    await deliverAll();
    expect(await storedMessage(row?._id ?? "")).toMatchObject({ state: "sent", lastError: null });
    expect(catcher.mails().at(-1)).toMatchObject({ envelopeTo: [thread.from], messageId: row?.rfcMessageId });
  },
);
