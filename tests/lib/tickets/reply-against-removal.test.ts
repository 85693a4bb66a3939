import { describe, expect, test } from "vitest";
import { changeParticipants } from "@/lib/tickets/participants";
import { replyToTicket } from "@/lib/tickets/reply";
import { roomFor } from "@/lib/tickets/reply-recipients";
import { EmailThread } from "@/models/EmailThreadModel";
import { createMail, storedReplies } from "@/tests/support/factories/mails";
import { ticketWith } from "@/tests/support/factories/people";
import { member, storedThread, type createThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const jill = "jill@stone.example";
const bob = "bob@stone.example";

type Thread = Awaited<ReturnType<typeof createThread>>;
type Request = Omit<Parameters<typeof replyToTicket>[0], "threadId" | "text">;

/** Answers the ticket's newest message. */
async function reply({ id }: Pick<Thread, "id">, request: Request = {}) {
  const { lastMessageId = null } = await storedThread(id);
  return replyToTicket({ threadId: id, text: "Hi", lastSeenMessageId: lastMessageId, ...request }, priya);
}

async function ticket(people: { cc?: string[] } = {}) {
  const thread = await ticketWith(people);
  await createMail(thread);
  return thread;
}

const addressed = async (thread: Thread) => (await storedReplies(thread)).map(({ to, cc }) => ({ to, cc }));
const participants = async ({ id }: Thread) =>
  (await storedThread(id)).participants?.map(({ address, role }) => `${role} ${address}`);

describe("a reply that is sent again", () => {
  const lastIn = async ({ id }: Thread) => (await storedThread(id)).lastMessageId;

  test("under its key is the same reply after its recipients have changed, and no reply to others", async () => {
    const thread = await ticket({ cc: [jill] });
    const from = thread.from ?? "";
    const seen = { key: "one", lastSeenMessageId: await lastIn(thread) };
    const request = { ...seen, to: [from], cc: [jill], recipientsRevision: 0 };
    const first = await reply(thread, request);
    await changeParticipants({ threadId: thread.id, remove: [jill] }, priya);
    const shuffled = { to: [from.toUpperCase(), from], cc: ["Jill <JILL@stone.example>", from] };
    for (const same of [request, { ...request, ...shuffled }, seen]) {
      expect(await reply(thread, same)).toEqual(first);
    }
    for (const others of [
      { cc: [] },
      { cc: [jill, bob] },
      { to: [jill] },
      { to: ["support@desk.example"] },
    ]) {
      expect(await reply(thread, { ...request, ...others })).toEqual({
        ok: false,
        failure: { reason: "key_reused", text: "Hi" },
      });
    }
    expect(await addressed(thread)).toEqual([{ to: [from], cc: [jill] }]);
  });

  test("without a key is the same reply only to the same recipients", async () => {
    const thread = await ticket({ cc: [jill] });
    const request = { lastSeenMessageId: await lastIn(thread), cc: [jill] };
    const first = await reply(thread, request);
    expect(await reply(thread, request)).toEqual(first);
    expect(await reply(thread, { ...request, cc: [bob] })).toMatchObject({
      failure: { reason: "key_reused" },
    });
    expect(await addressed(thread)).toEqual([{ to: [thread.from], cc: [jill] }]);
  });
});

describe("a reply against a removal", () => {
  test("of a Cc in another browser sends nothing to them: it is refused with who is left", async () => {
    const thread = await ticket({ cc: [jill, bob] });
    await changeParticipants({ threadId: thread.id, remove: [jill] }, priya);
    for (const lists of [{}, { to: [thread.from ?? ""], cc: [jill, bob] }]) {
      expect(await reply(thread, { recipientsRevision: 0, ...lists })).toMatchObject({
        failure: { reason: "recipients_changed", recipients: { cc: [bob] }, recipientsRevision: 1 },
      });
    }
    expect(await storedReplies(thread)).toEqual([]);
    expect(await reply(thread, { recipientsRevision: 1 })).toMatchObject({ ok: true });
    expect(await addressed(thread)).toEqual([{ to: [thread.from], cc: [bob] }]);
  });

  test("at the same moment either goes out first or is refused, however many are sent", async () => {
    for (const recipientsRevision of [0, 0, 0, undefined, undefined]) {
      const thread = await ticket({ cc: [jill, bob] });
      const { lastMessageId } = await storedThread(thread.id);
      const [removal, ...outcomes] = await Promise.all([
        changeParticipants({ threadId: thread.id, remove: [jill] }, priya),
        ...Array.from({ length: 20 }, (_, index) =>
          reply(thread, { recipientsRevision, key: `key ${index}`, lastSeenMessageId: lastMessageId }),
        ),
      ]);
      expect(removal).toMatchObject({ ok: true });
      const { history = [] } = await storedThread(thread.id);
      const kinds = history.map(({ kind }) => kind);
      const isBefore = kinds.indexOf("replied") < kinds.indexOf("participants_changed");
      const replies = await addressed(thread);
      if (recipientsRevision === undefined) expect(replies).toHaveLength(1);
      expect(replies).toEqual(
        kinds.includes("replied") ? [{ to: [thread.from], cc: isBefore ? [jill, bob] : [bob] }] : [],
      );
      if (recipientsRevision === 0 && replies.length > 0) expect(isBefore).toBe(true);
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(replies.length);
      for (const outcome of outcomes) {
        if (!outcome.ok) expect(["recipients_changed", "newer_messages"]).toContain(outcome.failure.reason);
      }
    }
  });

  test("keeps both the newcomer whom it adds and the one whom somebody else adds meanwhile", async () => {
    for (let round = 0; round < 5; round += 1) {
      const thread = await ticket();
      const [change, sent] = await Promise.all([
        changeParticipants({ threadId: thread.id, add: [bob] }, priya),
        reply(thread, { cc: [jill] }),
      ]);
      expect([change, sent]).toMatchObject([{ ok: true }, { ok: true }]);
      expect(new Set(await participants(thread))).toEqual(
        new Set([`customer ${thread.from}`, `member ${bob}`, `member ${jill}`]),
      );
    }
  });

  test("never fills a conversation beyond fifty people, whoever came in since it was read", async () => {
    const cc = Array.from({ length: 48 }, (_, index) => `p${index}@stone.example`);
    const thread = await ticket({ cc });
    const joining = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        address: `new${at}@x.example`,
        name: null,
        role: "member" as const,
      }));
    const matching = (count: number) =>
      EmailThread.collection.findOne({ _id: thread._id, ...roomFor(joining(count)) });
    expect(await matching(1)).not.toBeNull();
    expect(await matching(2)).toBeNull();
  });
});
