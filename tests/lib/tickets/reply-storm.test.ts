import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { deliverStep } from "@/lib/outbound/deliver";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { createMail, createTicket, deliverAll, storedReplies } from "@/tests/support/factories/mails";
import { admin, member, storedThread, teamOf } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
let catcher: MailCatcher;

beforeAll(async () => {
  catcher = await startMailCatcher();
  process.env.SMTP_URL = catcher.smtpUrl;
});
afterAll(() => catcher.close());

const caughtFor = (thread: { from?: string }) =>
  catcher.mails().filter(({ envelopeTo }) => envelopeTo[0] === thread.from);
const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => make(index));

describe("replyToTicket under a storm", () => {
  test("makes twenty simultaneous calls with one key one reply and one mail", async () => {
    const { thread, mail } = await createTicket();
    const request = { threadId: thread.id, text: "Hi", key: "one", lastSeenMessageId: mail._id };
    const outcomes = await Promise.all(times(20, () => replyToTicket(request, priya)));
    await Promise.all(times(5, () => deliverAll()));
    const [row, ...others] = await storedReplies(thread);
    expect(others).toEqual([]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ ok: true, value: { messageId: row?._id } });
    expect(caughtFor(thread)).toHaveLength(1);
    expect(await storedThread(thread.id)).toMatchObject({ revision: 3, messageCount: 2 });
  });

  test("makes twenty simultaneous calls without a key one reply", async () => {
    const { thread } = await createTicket();
    await Promise.all(times(20, () => replyToTicket({ threadId: thread.id, text: "Hi" }, priya)));
    expect(await storedReplies(thread)).toHaveLength(1);
  });

  test("sends one of twenty replies that have read the same, and shows it to the other nineteen", async () => {
    const { thread, mail } = await createTicket();
    const outcomes = await Promise.all(
      times(20, (index) => {
        const request = {
          threadId: thread.id,
          text: `Hi ${index}`,
          key: `k${index}`,
          lastSeenMessageId: mail._id,
        };
        return replyToTicket(request, priya);
      }),
    );
    await deliverAll();
    const [row, ...others] = await storedReplies(thread);
    expect(others).toEqual([]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes) {
      if (!outcome.ok) {
        expect(outcome.failure).toMatchObject({ reason: "newer_messages", messages: [{ _id: row?._id }] });
      }
    }
    expect(caughtFor(thread)).toHaveLength(1);
  });

  test("lets one of fifty people answer, and tells the others who it is", async () => {
    const { thread, mail } = await createTicket();
    const outcomes = await Promise.all(
      teamOf(50).map((one) =>
        replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, one),
      ),
    );
    const { assignedTo } = await storedThread(thread.id);
    const [row, ...others] = await storedReplies(thread);
    expect(others).toEqual([]);
    expect(row?.authorId).toBe(assignedTo);
    for (const outcome of outcomes) {
      if (!outcome.ok) expect(outcome.failure).toMatchObject({ reason: "already_claimed", assignedTo });
    }
  });

  test("keeps every promise where people claim, unclaim, reply and customers write at once", async () => {
    const tickets = await Promise.all(times(4, () => createTicket()));
    const team = teamOf(6);
    const boss = admin();
    const accepted: { messageId: string; author: string }[] = [];

    const person = async (one: (typeof team)[number], seed: number) => {
      for (const [turn, { thread }] of [...tickets, ...tickets, ...tickets].entries()) {
        const choice = (seed * 7 + turn * 5) % 4;
        if (choice === 0) await claimTicket(thread.id, one);
        if (choice === 1) await unclaimTicket(thread.id, one);
        if (choice > 1) {
          const { lastMessageId } = await storedThread(thread.id);
          const request = {
            threadId: thread.id,
            text: `${one.id} ${turn}`,
            key: `${turn}`,
            lastSeenMessageId: lastMessageId,
          };
          const [outcome] = await Promise.all(times(2, () => replyToTicket(request, one)));
          if (outcome?.ok) accepted.push({ messageId: outcome.value.messageId, author: one.id });
        }
      }
    };
    const customer = () => Promise.all(tickets.map(({ thread }) => createMail(thread)));
    const manager = () => Promise.all(tickets.map(({ thread }) => unclaimTicket(thread.id, boss)));
    const delivery = async () => {
      for (let idle = 0; idle < 3;) idle = (await deliverStep(new Date())).worked ? 0 : idle + 1;
    };
    await Promise.all([...team.map(person), customer(), manager(), delivery(), delivery()]);
    await deliverAll();

    for (const { thread } of tickets) {
      const stored = await storedThread(thread.id);
      const replies = await storedReplies(thread);
      const lines = stored.history ?? [];
      expect(lines.map(({ revision }) => revision)).toEqual([
        ...new Set(lines.map(({ revision }) => revision)),
      ]);
      expect(
        lines
          .filter(({ kind }) => kind === "replied")
          .map(({ messageId }) => messageId)
          .sort(),
      ).toEqual(replies.map(({ _id }) => _id).sort());
      // Whoever replied held the ticket from then on, until somebody's unclaim.
      let holder: string | null = null;
      for (const line of lines) {
        if (line.kind === "unclaimed") holder = null;
        if (line.kind === "claimed" || line.kind === "replied") {
          expect([null, line.by?.id]).toContain(holder);
          holder = line.by?.id ?? null;
        }
      }
      expect(stored.assignedTo ?? null).toBe(holder);
      expect(
        caughtFor(thread)
          .map(({ messageId }) => messageId)
          .sort(),
      ).toEqual(replies.map(({ rfcMessageId }) => rfcMessageId).sort());
    }
    const rows = (await Promise.all(tickets.map(({ thread }) => storedReplies(thread)))).flat();
    expect(new Set(accepted.map(({ messageId }) => messageId))).toEqual(new Set(rows.map(({ _id }) => _id)));
    for (const row of rows) expect(row).toMatchObject({ state: "sent", attempts: 1 });
  });
});
