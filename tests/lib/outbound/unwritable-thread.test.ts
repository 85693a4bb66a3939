import { beforeEach, describe, expect, test } from "vitest";
import { deliverStep } from "@/lib/outbound/deliver";
import { replyToTicket } from "@/lib/tickets/reply";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createTicket, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member } from "@/tests/support/factories/threads";
import { breakThread, fillUp } from "@/tests/support/factories/unwritable";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();

beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.mails.splice(0);
});

async function queueReply() {
  const { thread, mail } = await createTicket();
  await replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, priya);
  const [row] = await storedReplies(thread);
  if (!row) throw new Error("The reply was not accepted");
  return { thread, id: row._id };
}

describe("a reply whose thread cannot be written", () => {
  test.each([
    ["has no room", fillUp],
    ["refuses every change", breakThread],
  ])("and %s, was interrupted: every other reply is sent, and a person sees it", async (_how, spoil) => {
    const stuck = await queueReply();
    const others = [await queueReply(), await queueReply(), await queueReply()];
    await spoil(stuck.thread);
    const interrupted = { state: "sending", leaseId: "gone", attempts: 1 } as const;
    const dueAt = new Date(Date.now() - 60_000);
    await EmailMessage.updateOne({ _id: stuck.id }, { $set: { ...interrupted, dueAt } });
    for (let step = 0; step < 10; step += 1) await deliverStep(new Date());
    for (const { id } of others) expect(await storedMessage(id)).toMatchObject({ state: "sent" });
    expect(await storedMessage(stuck.id)).toMatchObject({ state: "unconfirmed", dueAt: null });
  });

  test("was refused by the mail server: a person sees its refusal, and every other reply is sent", async () => {
    const refused = await queueReply();
    const others = [await queueReply(), await queueReply()];
    await breakThread(refused.thread);
    server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
    for (let step = 0; step < 5; step += 1) await deliverStep(new Date());
    for (const { id } of others) expect(await storedMessage(id)).toMatchObject({ state: "sent" });
    expect(await storedMessage(refused.id)).toMatchObject({
      state: "failed",
      lastError: "The mail server refused the address: 550 5.1.1 No such user.",
    });
  });
});
