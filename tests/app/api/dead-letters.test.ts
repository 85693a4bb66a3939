import { beforeEach, describe, expect, test } from "vitest";
import * as list from "@/app/api/dead-letters/route";
import * as retry from "@/app/api/dead-letters/retry/route";
import { deliverStep } from "@/lib/outbound/deliver";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { replyToTicket } from "@/lib/tickets/reply";
import { ticketReference } from "@/lib/api/vocabulary";
import { DeadLetter } from "@/models/DeadLetterModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createTicket, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { breakThread, mendThread } from "@/tests/support/factories/unwritable";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();

beforeEach(async () => {
  await Promise.all([EmailMessage.deleteMany({}), DeadLetter.deleteMany({})]);
});

/** A refused reply whose thread could not be told, ten times. */
async function stoppedReply() {
  const { thread, mail } = await createTicket();
  await replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, member("Priya"));
  server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
  await deliverStep();
  await breakThread(thread);
  const hours = Array.from({ length: 30 }, (_, hour) => new Date(Date.now() + hour * 3_600_000));
  for (const hour of hours) await tellThreadStep(hour);
  const [reply] = await storedReplies(thread);
  return { thread, id: `reply-states:${reply?._id}`, replyId: reply?._id ?? "" };
}

async function bury(queue: string, rowId: string, buriedAt = new Date()) {
  const row = { queue, rowId, since: new Date(0), buriedAt, attempts: 10, error: "It stopped (Error)." };
  await DeadLetter.create({ _id: `${queue}:${rowId}`, ...row });
}

describe.each(IDENTITIES)("dead letters with $how sessions", ({ use, headersOf }) => {
  beforeEach(use);
  const asAdmin = (key?: string) => ({ ...headersOf("maya"), ...(key ? { "idempotency-key": key } : {}) });
  const read = async () => (await call(list.GET, "/api/dead-letters", { headers: asAdmin() })).body;
  const retryOf = (deadLetterId: string, key?: string) =>
    post(retry.POST, "/api/dead-letters/retry", { deadLetterId }, asAdmin(key));

  test("are listed newest first, with the ticket that each is about", async () => {
    expect(await read()).toEqual({ deadLetters: [], count: 0 });
    const { thread, id, replyId } = await stoppedReply();
    const ticket = { _id: thread.id, reference: ticketReference(thread.id) };
    await bury("events", thread.id, new Date(1_000));
    await bury("cards", `${thread.id}:discord:1`, new Date(2_000));
    await bury("release", "user_gone", new Date(3_000));
    await bury("queue-of-an-older-version", "x", new Date(4_000));
    expect(await read()).toMatchObject({
      count: 5,
      deadLetters: [
        {
          _id: id,
          error: "The ticket could not be told that a reply was sent or failed (MongoServerError 28664).",
          ticket,
          since: (await storedMessage(replyId)).threadDueSince?.toISOString() ?? expect.any(String),
          attempts: 10,
        },
        { _id: "queue-of-an-older-version:x", ticket: null },
        { _id: "release:user_gone", ticket: null },
        { _id: `cards:${thread.id}:discord:1`, ticket },
        { _id: `events:${thread.id}`, ticket },
      ],
    });
  });

  test("are retried by one of twenty admins at once, the others learn it, and the work is done", async () => {
    const { thread, id } = await stoppedReply();
    await mendThread(thread);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => retryOf(id, `key-${index}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers[won]?.body).toEqual({ success: true, deadLetterId: id });
    for (const { status, body } of answers.filter((_, at) => at !== won))
      expect({ status, body }).toEqual({
        status: 409,
        body: { error: "Somebody else has had this retried already.", reason: "retried_already" },
      });
    expect(await retryOf(id, `key-${won}`)).toMatchObject({ status: 200 });
    expect(await read()).toEqual({ deadLetters: [], count: 0 });

    await tellThreadStep();
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({ kind: "delivery_settled" });
    expect(await retryOf(id)).toMatchObject({ status: 404, body: { reason: "not_stopped" } });
  });

  test("are listed again if the retry fails too", async () => {
    const { id } = await stoppedReply();
    expect(await retryOf(id)).toMatchObject({ status: 200 });
    for (let hour = 0; hour < 30; hour += 1) await tellThreadStep(new Date(Date.now() + hour * 3_600_000));
    expect(await read()).toMatchObject({ deadLetters: [{ _id: id }] });
  });

  test.each(["events", "$ne:x", "events:a b", ""])("answer 400 to the id %j", async (id) => {
    expect(await retryOf(id)).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
  });

  test("answer 404 to an id of no queue, and to one that the queue cannot have", async () => {
    for (const id of ["nothing:x", "events:user_1"])
      expect(await retryOf(id)).toMatchObject({ status: 404, body: { reason: "not_stopped" } });
  });
});
