import { describe, expect, test } from "vitest";
import { changeParticipants } from "@/lib/tickets/participants";
import { replyToTicket } from "@/lib/tickets/reply";
import { Desk } from "@/models/DeskModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { createMail, createTicket, storedReplies } from "@/tests/support/factories/mails";
import { newcomer, ticketWith } from "@/tests/support/factories/people";
import { member, storedThread, type createThread } from "@/tests/support/factories/threads";
import { claimTicket } from "@/lib/tickets/claim";

const priya = member("Priya Nair");
const jonas = member("Jonas Weber");
const jill = "jill@stone.example";
const bob = "bob@stone.example";

type Thread = Awaited<ReturnType<typeof createThread>>;
type Request = Omit<Parameters<typeof replyToTicket>[0], "threadId" | "text">;

/** Answers the ticket's newest message. */
async function reply({ id }: Pick<Thread, "id">, request: Request = {}, by = priya) {
  const { lastMessageId = null } = await storedThread(id);
  return replyToTicket({ threadId: id, text: "Hi", lastSeenMessageId: lastMessageId, ...request }, by);
}

async function ticket(
  people: { cc?: string[]; replyTo?: string[] } = {},
  fields: Partial<StoredThread> = {},
) {
  const thread = await ticketWith(people, fields);
  await createMail(thread);
  return thread;
}

const addressed = async (thread: Thread) => (await storedReplies(thread)).map(({ to, cc }) => ({ to, cc }));
const participants = async ({ id }: Thread) =>
  (await storedThread(id)).participants?.map(({ address, role }) => `${role} ${address}`);

describe("a reply", () => {
  test("goes to the ticket's recipients if none are named", async () => {
    const thread = await ticket({ cc: [jill] });
    await reply(thread);
    expect(await addressed(thread)).toEqual([{ to: [thread.from], cc: [jill] }]);
  });

  test.each<[string, Request, { to?: string[]; cc?: string[] }]>([
    [
      "both lists as they are named",
      { to: [bob], cc: ["ann@stone.example"] },
      { to: [bob], cc: ["ann@stone.example"] },
    ],
    ["the ticket's To with the named Cc", { cc: [bob] }, { cc: [bob] }],
    ["the ticket's Cc with the named To", { to: [bob] }, { to: [bob], cc: [jill] }],
    ["nobody in Cc if that list is empty", { cc: [] }, { cc: [] }],
    [
      "an address of the ticket's Cc in To alone, if it is named there",
      { to: [jill] },
      { to: [jill], cc: [] },
    ],
    [
      "each address once, and those in both lists in To",
      { to: [bob, "BOB@Stone.example"], cc: ["Bob@stone.example.", jill] },
      { to: [bob], cc: [jill] },
    ],
    [
      "addresses that are named with names and spaces",
      { to: [' "Stone, Bob" <bob@stone.example> '], cc: [] },
      { to: [bob], cc: [] },
    ],
  ])("has %s", async (_, request, expected) => {
    const thread = await ticket({ cc: [jill] });
    expect(await reply(thread, request)).toMatchObject({ ok: true });
    expect(await addressed(thread)).toEqual([{ to: [thread.from], ...expected }]);
  });

  test("leaves somebody out for itself alone", async () => {
    const thread = await ticket({ cc: [jill, bob] });
    await reply(thread, { cc: [bob] });
    await reply(thread);
    expect(await addressed(thread)).toEqual([
      { to: [thread.from], cc: [bob] },
      { to: [thread.from], cc: [jill, bob] },
    ]);
    expect((await storedThread(thread.id)).recipientsRevision ?? 0).toBe(0);
  });

  test("makes participants of those who are new, who are then no newcomers any more", async () => {
    const newcomers = [newcomer(jill, { name: "Jill Stone" }), newcomer("eve@other.example")];
    const thread = await ticket({}, { newcomers });
    await reply(thread, { cc: [jill, "Bob Stone <bob@stone.example>"] });
    expect(await storedThread(thread.id)).toMatchObject({
      participants: [
        { address: thread.from, role: "customer" },
        { address: jill, name: "Jill Stone", role: "member" },
        { address: bob, name: "Bob Stone", role: "member" },
      ],
      newcomers: [{ address: "eve@other.example" }],
      assignedTo: priya.id,
    });
    await reply(thread);
    expect((await addressed(thread))[1]).toEqual({ to: [thread.from], cc: [jill, bob] });
  });

  test("stores the people of a thread that is older than its list of them", async () => {
    const { thread } = await createTicket();
    await createMail(thread, { cc: [bob] });
    await reply(thread, { cc: [bob, jill] });
    expect(await participants(thread)).toEqual([
      `customer ${thread.from}`,
      `copied ${bob}`,
      `member ${jill}`,
    ]);
  });

  test("answers the newest mail of a person, whatever number of automatic mails came after it", async () => {
    for (const count of [31, 300]) {
      const thread = await ticket();
      const mail = await createMail(thread, {
        subject: "The question",
        references: ["<first@stone.example>"],
      });
      const { _id, ...rest } = mail;
      await EmailMessage.insertMany(
        Array.from({ length: count }, (_, index) => ({
          ...rest,
          ...{ _id: `${_id.slice(0, 60)}${index.toString(16).padStart(4, "0")}`, automatic: true },
          ...{ rfcMessageId: `<auto-${index}@stone.example>`, references: [], subject: "Out of office" },
          ...{ from: "robot@stone.example", at: new Date(mail.at.getTime() + index + 1) },
        })),
      );
      await reply(thread, {});
      const [row] = await storedReplies(thread);
      expect(row).toMatchObject({
        to: [thread.from],
        subject: "Re: The question",
        inReplyTo: mail.rfcMessageId,
      });
      expect(row?.references[0]).toBe("<first@stone.example>");
      expect(row?.references.at(-2)).toBe(mail.rfcMessageId);
    }
  });
});

describe("a reply to a hostile list", () => {
  test.each([
    ["the desk", "support@desk.example"],
    ["the desk in capitals", "Support@DESK.example"],
    ["the desk with a dot at its end", "support@desk.example."],
    ["the desk with a tag and a name", "Us <support+vip@desk.example>"],
    ["an earlier address of the desk", "help@old-desk.example"],
    ["two addresses", "a@x.example,b@x.example"],
    ["a header", "a@x.example\r\nBcc: b@x.example"],
    ["a group", "undisclosed recipients:;"],
    ["no address", "jill"],
  ])("with %s is refused in a sentence, and nothing is stored", async (_, address) => {
    await reply(await ticket()); // the desk has its row
    await Desk.updateOne({ _id: "desk" }, { $addToSet: { addresses: "help@old-desk.example" } });
    const thread = await ticket({ cc: [jill] });
    const before = await storedThread(thread.id);
    for (const request of [{ to: [jill, address] }, { cc: [address] }, { to: [jill], cc: [bob, address] }]) {
      expect(await reply(thread, request)).toMatchObject({
        ok: false,
        failure: { reason: "invalid_recipient", problem: expect.stringMatching(/leave it out\.$/) },
      });
    }
    expect(await storedThread(thread.id)).toEqual(before);
    expect(await storedReplies(thread)).toEqual([]);
  });

  test("is refused if nobody is left in To", async () => {
    const thread = await ticket({ cc: [jill] });
    for (const request of [{ to: [] }, { to: [], cc: [jill] }, { cc: [thread.from ?? ""] }]) {
      expect(await reply(thread, request)).toEqual({ ok: false, failure: { reason: "no_recipient" } });
    }
    expect(await storedReplies(thread)).toEqual([]);
  });

  test("is refused if it is too long, or if the conversation has no room for its people", async () => {
    const cc = Array.from({ length: 48 }, (_, index) => `p${index}@stone.example`);
    const thread = await ticket({ cc });
    const tooMany = { ok: false, failure: { reason: "too_many_participants" } };
    expect(await reply(thread, { cc: [jill, bob] })).toEqual(tooMany);
    expect(
      await reply(thread, {
        to: [thread.from ?? "", ...cc.slice(0, 25)],
        cc: cc.slice(20).concat(jill, bob),
      }),
    ).toEqual(tooMany);
    expect(await reply(thread, { cc: [jill] })).toMatchObject({ ok: true });
    expect(await participants(thread)).toHaveLength(50);
    expect(await reply(thread, { to: cc.slice(0, 2) })).toMatchObject({ ok: true });
  });

  test("tells first who holds the ticket, then which messages are newer, then who the recipients are", async () => {
    const thread = await ticket({ cc: [jill] });
    const { lastMessageId } = await storedThread(thread.id);
    const stale = { recipientsRevision: 0, lastSeenMessageId: lastMessageId };
    await changeParticipants({ threadId: thread.id, remove: [jill] }, priya);
    const newer = await createMail(thread);
    const failure = async (request: Request, by = priya) => {
      const outcome = await reply(thread, request, by);
      return outcome.ok ? null : outcome.failure;
    };
    await claimTicket(thread.id, jonas);
    expect(await failure({ ...stale, to: ["support@desk.example"] })).toMatchObject({
      reason: "already_claimed",
    });
    expect(await failure(stale, jonas)).toMatchObject({ reason: "newer_messages" });
    expect(await failure({ ...stale, lastSeenMessageId: newer._id }, jonas)).toEqual({
      reason: "recipients_changed",
      recipients: { to: [thread.from], cc: [] },
      recipientsRevision: 1,
      participants: [{ address: thread.from, name: null, role: "customer", problem: null }],
      newcomers: [],
    });
  });
});
