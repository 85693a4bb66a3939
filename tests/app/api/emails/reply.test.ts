import { beforeAll, describe, expect, test } from "vitest";
import { POST as settle } from "@/app/api/emails/delivery/route";
import { POST } from "@/app/api/emails/reply/route";
import { onNudge } from "@/lib/process/nudge";
import { claimTicket } from "@/lib/tickets/claim";
import { createMail, createTicket, deliverAll, storedReplies } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const PATH = "/api/emails/reply";
const server = await faultySmtpForFile();

describe.each(IDENTITIES)("POST /api/emails/reply with $how sessions", ({ use, team, headersOf }) => {
  beforeAll(use);

  const send = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    post(POST, PATH, body, { ...headersOf("priya"), ...headers });
  /** Like `send`, with a delivery follower running. */
  const sendAndDeliver = async (body: Record<string, unknown>) => {
    const deliveries: Promise<void>[] = [];
    const stop = onNudge("deliver", () => void deliveries.push(deliverAll()));
    const answer = await send(body);
    stop();
    await Promise.all(deliveries);
    return answer;
  };

  test("answers 200 with the assignee once the mail server has the mail", async () => {
    const { thread, mail } = await createTicket();
    const { status, body } = await sendAndDeliver({
      threadId: thread.id,
      text: "Hi",
      lastSeenMessageId: mail._id,
    });
    const [row] = await storedReplies(thread);
    const stored = await storedThread(thread.id);
    expect({ status, body }).toStrictEqual({
      status: 200,
      body: {
        success: true,
        delivery: "sent",
        messageId: row?._id,
        assignedTo: team.priya.id,
        assignedToEmail: team.priya.email,
        assignedToName: "Priya Nair",
        claimedAt: stored.claimedAt?.toISOString(),
      },
    });
    expect(row).toMatchObject({ state: "sent", authorId: team.priya.id });
    expect(server.accepted(row?.rfcMessageId ?? "")).toBe(1);
  });

  test("answers 202 queued if the mail server is busy; the ticket is claimed and the text kept", async () => {
    const { thread } = await createTicket();
    server.behave({ at: "rcpt", do: "answer", line: "451 Busy" });
    const { status, body } = await sendAndDeliver({ threadId: thread.id, text: "Hi" });
    expect({ status, body }).toMatchObject({ status: 202, body: { success: true, delivery: "queued" } });
    expect(await storedReplies(thread)).toMatchObject([{ state: "queued", text: "Hi", attempts: 1 }]);
    expect((await storedThread(thread.id)).assignedTo).toBe(team.priya.id);
  });

  test("answers 202 unconfirmed if the connection breaks after the mail server has the mail", async () => {
    const { thread } = await createTicket();
    server.behave({ at: "dot", do: "accept_then_drop" });
    const { status, body } = await sendAndDeliver({ threadId: thread.id, text: "Hi" });
    expect({ status, body }).toMatchObject({ status: 202, body: { delivery: "unconfirmed" } });
  });

  test("answers 202 at once if the reply can still be undone, and undoes it", async () => {
    const { thread } = await createTicket();
    const { status, body } = await send({ threadId: thread.id, text: "Hi", undoSeconds: 30 });
    expect({ status, body }).toMatchObject({ status: 202, body: { delivery: "queued" } });
    const undo = { messageId: body?.messageId, action: "undo" };
    expect(await post(settle, "/api/emails/delivery", undo, headersOf("priya"))).toMatchObject({
      status: 200,
      body: { success: true, messageId: body?.messageId, state: "cancelled" },
    });
    await deliverAll(new Date(Date.now() + 60_000));
    expect(await storedReplies(thread)).toMatchObject([{ state: "cancelled", attempts: 0 }]);
  });

  test("answers 502 with the reason if the address is refused, and sends it on a retry", async () => {
    const { thread } = await createTicket();
    const request = { threadId: thread.id, text: "Hi", idempotencyKey: "one" };
    server.behave({ at: "rcpt", do: "answer", line: "550 No such user" });
    const { status, body } = await sendAndDeliver(request);
    expect({ status, body }).toStrictEqual({
      status: 502,
      body: {
        error:
          "Not delivered: The mail server refused the address: 550 No such user. You still hold the ticket and your text is kept.",
        reason: "delivery_failed",
        detail: "The mail server refused the address: 550 No such user.",
        messageId: expect.any(String),
        assignedTo: team.priya.id,
        assignedToEmail: team.priya.email,
        assignedToName: "Priya Nair",
        claimedAt: expect.any(String),
      },
    });
    expect(await send(request)).toMatchObject({ status: 502, body: { messageId: body?.messageId } });
    const retry = { messageId: body?.messageId, action: "retry" };
    expect(await post(settle, "/api/emails/delivery", retry, headersOf("priya"))).toMatchObject({
      status: 200,
      body: { state: "queued" },
    });
    await deliverAll();
    expect(await send(request)).toMatchObject({ status: 200, body: { delivery: "sent" } });
    expect(await storedReplies(thread)).toHaveLength(1);
  });

  test("answers 409 with the assignee if somebody else holds the ticket", async () => {
    const { thread } = await createTicket();
    await claimTicket(thread.id, team.tomas);
    expect(await send({ threadId: thread.id, text: "Hi" })).toMatchObject({
      status: 409,
      body: { reason: "already_claimed", assignedTo: team.tomas.id, assignedToName: "Tomás Rivera" },
    });
  });

  test("answers 409 with the newer messages, as the ticket shows them", async () => {
    const { thread, mail } = await createTicket();
    const newer = await createMail(thread);
    const { status, body } = await send({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id });
    expect({ status, body }).toMatchObject({
      status: 409,
      body: {
        reason: "newer_messages",
        lastMessageId: newer._id,
        messages: [
          { _id: newer._id, direction: "inbound", text: newer.text, sentAt: newer.at.toISOString() },
        ],
      },
    });
  });

  test("answers 409 with the stored text if a key is used again for another text", async () => {
    const { thread } = await createTicket();
    const key = { "idempotency-key": "one" };
    await send({ threadId: thread.id, text: "Hi", undoSeconds: 60 }, key);
    expect(await send({ threadId: thread.id, text: "Hello" }, key)).toMatchObject({
      status: 409,
      body: { reason: "key_reused", text: "Hi" },
    });
  });

  test("takes the key from header or body, and answers 400 if they differ", async () => {
    const { thread } = await createTicket();
    const request = { threadId: thread.id, text: "Hi", undoSeconds: 60 };
    const first = await send({ ...request, idempotencyKey: "one" });
    const again = await send({ ...request, idempotencyKey: "one" }, { "idempotency-key": "one" });
    expect(again).toMatchObject({ status: 202, body: first.body });
    for (const header of ["two", "", "a b"]) {
      const answer = await send({ ...request, idempotencyKey: "one" }, { "idempotency-key": header });
      expect(answer).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
    }
    expect(await storedReplies(thread)).toHaveLength(1);
  });

  test("answers 422 if there is no address to reply to, and 404 if there is no such ticket", async () => {
    const { thread } = await createTicket({ from: "unknown sender" });
    expect(await send({ threadId: thread.id, text: "Hi" })).toMatchObject({
      status: 422,
      body: { reason: "no_recipient" },
    });
    expect(await send({ threadId: "f".repeat(24), text: "Hi" })).toMatchObject({ status: 404 });
  });

  test.each([
    { text: "" },
    { text: "  \n" },
    { text: { $ne: null } },
    { text: "x".repeat(100_001) },
    { lastSeenMessageId: { $ne: null } },
    { lastSeenMessageId: "x" },
    { status: "open" },
    { undoSeconds: 61 },
    { idempotencyKey: "a\nb" },
    { to: "evil@x.example" },
  ])("answers 400 to %o and stores nothing", async (part) => {
    const { thread } = await createTicket();
    expect(await send({ threadId: thread.id, text: "Hi", ...part })).toMatchObject({
      status: 400,
      body: { reason: "invalid_request" },
    });
    expect(await storedReplies(thread)).toEqual([]);
  });
});
