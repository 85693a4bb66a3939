import { beforeAll, describe, expect, test } from "vitest";
import { GET, POST } from "@/app/api/emails/delivery/route";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const PATH = "/api/emails/delivery";
const server = await faultySmtpForFile();

describe.each(IDENTITIES)("POST /api/emails/delivery with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  /** A reply of Priya's that the mail server accepted without an answer. */
  async function unconfirmedReply() {
    const { thread } = await createTicket();
    await replyToTicket({ threadId: thread.id, text: "Hi" }, team.priya);
    server.behave({ at: "dot", do: "accept_then_drop" });
    await deliverAll();
    const [row] = await storedReplies(thread);
    return { thread, messageId: row?._id ?? "", rfcMessageId: row?.rfcMessageId ?? "" };
  }

  test("marks an unconfirmed reply as sent without sending it again", async () => {
    const { messageId, rfcMessageId } = await unconfirmedReply();
    const { status, body } = await post(POST, PATH, { messageId, action: "mark_sent" }, headersOf("priya"));
    await deliverAll();
    expect({ status, body }).toStrictEqual({
      status: 200,
      body: { success: true, messageId, state: "sent" },
    });
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test("sends an unconfirmed reply again if the assignee asks", async () => {
    const { messageId, rfcMessageId } = await unconfirmedReply();
    const answer = await post(POST, PATH, { messageId, action: "send_again" }, headersOf("priya"));
    await deliverAll();
    expect(answer).toMatchObject({ status: 200, body: { state: "queued" } });
    expect(await storedMessage(messageId)).toMatchObject({ state: "sent", attempts: 2 });
    expect(server.accepted(rfcMessageId)).toBe(2);
  });

  test("answers a retried decision as before", async () => {
    const { messageId, rfcMessageId } = await unconfirmedReply();
    const sendAgain = () =>
      post(
        POST,
        PATH,
        { messageId, action: "send_again" },
        { ...headersOf("priya"), "idempotency-key": messageId },
      );
    expect(await sendAgain()).toMatchObject({ status: 200, body: { success: true, state: "queued" } });
    await deliverAll();
    expect(await sendAgain()).toMatchObject({ status: 200, body: { success: true, state: "sent" } });
    await deliverAll();
    expect(server.accepted(rfcMessageId)).toBe(2);
  });

  test("answers 409 to anybody but the assignee, and if nothing is left to decide", async () => {
    const { thread, messageId } = await unconfirmedReply();
    const decide = (name: "priya" | "tomas") =>
      post(POST, PATH, { messageId, action: "mark_sent" }, headersOf(name));
    expect(await decide("tomas")).toMatchObject({
      status: 409,
      body: { reason: "already_claimed", assignedTo: team.priya.id },
    });
    expect(await decide("priya")).toMatchObject({ status: 200 });
    expect(await decide("priya")).toMatchObject({
      status: 409,
      body: { reason: "delivery_settled", state: "sent" },
    });
    await unclaimTicket(thread.id, team.priya);
    expect(await decide("priya")).toMatchObject({ status: 409, body: { reason: "changed_meanwhile" } });
  });

  test("answers 404 if there is no such reply, and 400 to an invalid id or action", async () => {
    const send = (body: unknown) => post(POST, PATH, body, headersOf("priya"));
    expect(await send({ messageId: "f".repeat(64), action: "retry" })).toMatchObject({ status: 404 });
    for (const body of [
      {},
      { messageId: { $ne: null }, action: "retry" },
      { messageId: "f".repeat(63), action: "retry" },
      { messageId: "f".repeat(64), action: "delete" },
      { messageId: "f".repeat(64), action: "retry", state: "sent" },
    ]) {
      expect(await send(body)).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
    }
  });

  test("answers 401 without a session and 405 to a GET", async () => {
    const { messageId } = await unconfirmedReply();
    expect(await post(POST, PATH, { messageId, action: "mark_sent" })).toMatchObject({ status: 401 });
    expect(await storedMessage(messageId)).toMatchObject({ state: "unconfirmed" });
    expect(await call(GET, PATH)).toMatchObject({ status: 405 });
  });
});
