import { describe, expect, test } from "vitest";
import { storedReplies } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { answerTo, DESK, deskForFile, mail } from "./case-desk";

const desk = await deskForFile();

const opens = (from: string, header: Record<string, string> = {}) =>
  desk.receives(mail({ From: from, ...header }));

describe("somebody who is new in a ticket", () => {
  test("is answered once a member has added them", async () => {
    const first = await opens("Hedda <hedda@vik.example>");
    const header = { From: "Hedda's phone <hedda@phone.example>", ...answerTo(first.message) };
    await desk.receives(mail(header));
    expect(await desk.changes(first, { add: ["hedda@phone.example"] })).toMatchObject({ status: 200 });
    const { ticket, recipients, newcomers } = await desk.shows(first);
    expect({ recipients, newcomers, hasNewcomer: ticket.hasNewcomer }).toEqual({
      recipients: { to: ["hedda@vik.example"], cc: ["hedda@phone.example"] },
      newcomers: [],
      hasNewcomer: false,
    });
    await desk.answers(first);
  });

  test("is not addressed after a member dismissed them", async () => {
    const first = await opens("hedda@vik.example");
    await desk.receives(mail({ From: "sly@elsewhere.example", ...answerTo(first.message) }));
    expect(await desk.changes(first, { remove: ["sly@elsewhere.example"] })).toMatchObject({ status: 200 });
    const { recipients, newcomers } = await desk.shows(first);
    expect({ recipients, newcomers }).toEqual({
      recipients: { to: ["hedda@vik.example"], cc: [] },
      newcomers: [],
    });
    await desk.answers(first);
  });

  test("may become the customer, and the customer before is copied", async () => {
    const first = await opens("hedda@vik.example");
    await desk.receives(mail({ From: "Ole <ole@vik.example>", ...answerTo(first.message) }));
    await desk.changes(first, { customer: "ole@vik.example" });
    const { ticket, recipients } = await desk.shows(first);
    expect(ticket).toMatchObject({ from: "ole@vik.example", fromName: "Ole" });
    expect(recipients).toEqual({ to: ["ole@vik.example"], cc: ["hedda@vik.example"] });
    await desk.answers(first);
  });
});

describe("a reply whose recipients changed while it was written", () => {
  test("is not sent, and says who they are now", async () => {
    const first = await opens("juno@pine.example", { Cc: "ira@pine.example" });
    const { ticket, recipients, recipientsRevision } = await desk.shows(first);
    await desk.changes(first, { remove: ["ira@pine.example"] });
    const lists = { ...recipients, recipientsRevision, lastSeenMessageId: ticket.lastMessageId };
    expect(await desk.sends({ threadId: first.threadId, ...lists })).toMatchObject({
      status: 409,
      body: {
        reason: "recipients_changed",
        recipients: { to: ["juno@pine.example"], cc: [] },
        recipientsRevision: recipientsRevision + 1,
      },
    });
    expect(await storedReplies(first.thread)).toEqual([]);
    await desk.answers(first);
  });

  test("is sent if somebody was only added meanwhile, to those whom its author saw", async () => {
    const first = await opens("juno@pine.example");
    const shown = await desk.shows(first);
    await desk.changes(first, { add: ["ira@pine.example"] });
    await desk.answers(first, shown.recipients);
    expect((await desk.shows(first)).recipients.cc).toEqual(["ira@pine.example"]);
  });
});

describe("a list of recipients that nobody may have meant", () => {
  test.each([
    ["the desk", { to: [DESK] }],
    ["a tagged address of the desk", { cc: ["help+x@claimdesk.example"] }],
    ["51 addresses", { cc: Array.from({ length: 51 }, (_, index) => `a${index}@many.example`) }],
    ["a line break", { to: ["a@b.example\r\nBcc: evil@x.example"] }],
    ["two addresses in one", { to: ["a@b.example, evil@x.example"] }],
    ["no address", { to: ["nobody"] }],
    ["nobody at all", { to: [], cc: [] }],
  ])("is refused in a sentence, and nothing is sent: %s", async (_what, lists) => {
    const first = await opens("milo@fern.example");
    const answer = await desk.sends({
      threadId: first.threadId,
      lastSeenMessageId: first.message._id,
      ...lists,
    });
    expect([400, 409, 422]).toContain(answer.status);
    expect(answer.body?.error).toMatch(/^[A-Z“a-z].{15,}\.$/);
    expect(await storedReplies(first.thread)).toEqual([]);
    const { from, participants, assignedTo } = await storedThread(first.threadId);
    expect({ from, count: participants?.length, assignedTo }).toEqual({
      from: "milo@fern.example",
      count: 1,
      assignedTo: null,
    });
  });
});
