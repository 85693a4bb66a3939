import { beforeAll, describe, expect, test } from "vitest";
import { GET, POST } from "@/app/api/emails/participants/route";
import { POST as reply } from "@/app/api/emails/reply/route";
import { claimTicket } from "@/lib/tickets/claim";
import { createMail, storedReplies } from "@/tests/support/factories/mails";
import { newcomer, ticketWith } from "@/tests/support/factories/people";
import { storedThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";

const PATH = "/api/emails/participants";
const jill = "jill@stone.example";

describe.each(IDENTITIES)("$how sessions at /api/emails/participants", ({ use, team, headersOf }) => {
  beforeAll(use);

  const change = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    post(POST, PATH, body, { ...headersOf("priya"), ...headers });

  test("POST answers 200 with the ticket and its whole conversation", async () => {
    const thread = await ticketWith(
      { cc: ["bob@stone.example"] },
      { newcomers: [newcomer("eve@x.example")] },
    );
    const { status, body } = await change({
      threadId: thread.id,
      add: [jill],
      remove: ["bob@stone.example"],
    });
    expect({ status, body }).toStrictEqual({
      status: 200,
      body: {
        success: true,
        ticket: expect.objectContaining({ _id: thread.id, revision: 2, assignedTo: null, hasNewcomer: true }),
        recipients: { to: [thread.from], cc: [jill] },
        recipientsRevision: 1,
        participants: [
          { address: thread.from, name: null, role: "customer", problem: null },
          { address: jill, name: null, role: "member", problem: null },
        ],
        newcomers: [{ address: "eve@x.example", name: null, messageId: "a".repeat(64), why: "wrote" }],
      },
    });
  });

  test("POST under one Idempotency-Key is carried out once", async () => {
    const thread = await ticketWith({});
    const key = { "idempotency-key": "one" };
    for (let sent = 0; sent < 2; sent += 1) {
      expect(await change({ threadId: thread.id, add: [jill] }, key)).toMatchObject({ status: 200 });
    }
    expect(await storedThread(thread.id)).toMatchObject({ revision: 2 });
  });

  test("POST answers 409 with the assignee if somebody else holds the ticket, and 404 if there is none", async () => {
    const thread = await ticketWith({});
    await claimTicket(thread.id, team.tomas);
    expect(await change({ threadId: thread.id, add: [jill] })).toMatchObject({
      status: 409,
      body: { reason: "already_claimed", assignedTo: team.tomas.id, assignedToName: "Tomás Rivera" },
    });
    expect(await change({ threadId: "f".repeat(24), add: [jill] })).toMatchObject({ status: 404 });
  });

  test.each<[number, string, Record<string, unknown>]>([
    [
      422,
      "support@desk.example is the desk's own address. Correct it or leave it out.",
      { add: ["support@desk.example"] },
    ],
    [
      422,
      "jill is not an address that mail can be sent to. Correct it or leave it out.",
      { customer: "jill" },
    ],
    [
      400,
      "An address has a line break or another control character. Type it again.",
      { add: [`${jill}\r\nBcc: x@y.example`] },
    ],
    [
      400,
      "A conversation has at most 50 people. Name fewer.",
      { add: Array.from({ length: 51 }, (_, at) => `p${at}@x.example`) },
    ],
    [
      422,
      "A conversation has at most 50 people. Remove somebody first.",
      { add: Array.from({ length: 50 }, (_, at) => `p${at}@x.example`) },
    ],
    [400, "Name somebody to add, to remove, or the new customer.", {}],
    [400, "Name somebody to add, to remove, or the new customer.", { add: [] }],
    [400, 'Nothing here is named "bcc".', { add: [jill], bcc: [jill] }],
  ])("POST answers %i: %s", async (status, error, body) => {
    const thread = await ticketWith({});
    expect(await change({ threadId: thread.id, ...body })).toMatchObject({ status, body: { error } });
    expect(await storedThread(thread.id)).toMatchObject({ revision: 1 });
  });

  test("GET answers 200 with people to offer", async () => {
    const thread = await ticketWith({}, { newcomers: [newcomer(jill, { name: "Jill Stone" })] });
    const answer = await call(GET, `${PATH}?threadId=${thread.id}`, { headers: headersOf("priya") });
    expect(answer).toMatchObject({
      status: 200,
      body: { suggestions: [{ address: jill, name: "Jill Stone" }] },
    });
  });

  test("a reply written before a removal in another window answers 409 with the new recipients", async () => {
    const thread = await ticketWith({ cc: [jill] });
    const { _id } = await createMail(thread);
    await change({ threadId: thread.id, remove: [jill] });
    const seen = { threadId: thread.id, text: "Hi", lastSeenMessageId: _id, recipientsRevision: 0 };
    const answer = await post(reply, "/api/emails/reply", { ...seen, cc: [jill] }, headersOf("priya"));
    expect(answer).toMatchObject({
      status: 409,
      body: {
        error: expect.stringMatching(/^Not sent: the recipients of this ticket changed/),
        reason: "recipients_changed",
        recipients: { to: [thread.from], cc: [] },
        recipientsRevision: 1,
        participants: [{ address: thread.from }],
        newcomers: [],
      },
    });
    expect(await storedReplies(thread)).toEqual([]);
  });

  test.each<[number, string, Record<string, unknown>]>([
    [
      422,
      "support+x@desk.example is the desk's own address. Correct it or leave it out.",
      { cc: ["support+x@desk.example"] },
    ],
    [
      422,
      "Not sent: there is no address in To that mail can be sent to. Add somebody to To, then send again.",
      { to: [] },
    ],
    [
      400,
      "A reply can go to at most 50 addresses. Leave some out.",
      { to: Array(26).fill(jill), cc: Array(25).fill(jill) },
    ],
    [
      400,
      "An address has a line break or another control character. Type it again.",
      { to: [`${jill}\nX: y`] },
    ],
  ])("a reply to a wrong list answers %i: %s", async (status, error, lists) => {
    const thread = await ticketWith({});
    const { _id } = await createMail(thread);
    const body = { threadId: thread.id, text: "Hi", lastSeenMessageId: _id, ...lists };
    const answer = await post(reply, "/api/emails/reply", body, headersOf("priya"));
    expect(answer).toMatchObject({ status, body: { error } });
    expect(await storedReplies(thread)).toEqual([]);
  });
});
