import { describe, expect, test } from "vitest";
import { deliverStep } from "@/lib/outbound/deliver";
import { claimTicket } from "@/lib/tickets/claim";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { createMail, createTicket, deliverAll, storedReplies } from "@/tests/support/factories/mails";
import { admin, member, storedThread, teamOf } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const catcher = await mailCatcherForFile();

const caughtFor = (thread: { from?: string }) =>
  catcher.mails().filter(({ envelopeTo }) => envelopeTo[0] === thread.from);
const times = <Value>(count: number, make: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => make(index));

describe("replyToTicket under a storm", () => {
  test("sends one mail for twenty simultaneous calls with one key", async () => {
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

  test("stores one reply for twenty simultaneous calls without a key", async () => {
    const { thread } = await createTicket();
    await Promise.all(times(20, () => replyToTicket({ threadId: thread.id, text: "Hi" }, priya)));
    expect(await storedReplies(thread)).toHaveLength(1);
  });

  test("sends one of twenty replies to the same message, and shows it to the other nineteen", async () => {
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

  test("lets one of fifty members reply, and tells the others who it is", async () => {
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
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes) {
      if (!outcome.ok) expect(outcome.failure).toMatchObject({ reason: "already_claimed", assignedTo });
    }
  });

  test("sends every accepted reply once while members claim, unclaim and reply and customers write", async () => {
    const tickets = await Promise.all(times(4, () => createTicket()));
    const team = teamOf(6);
    const accepted: { messageId: string; author: string }[] = [];

    const act = async (one: (typeof team)[number], index: number) => {
      for (const [turn, { thread }] of [...tickets, ...tickets, ...tickets].entries()) {
        const choice = (index * 7 + turn * 5) % 4;
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
    const customersWrite = () => Promise.all(tickets.map(({ thread }) => createMail(thread)));
    const adminUnclaims = () => Promise.all(tickets.map(({ thread }) => unclaimTicket(thread.id, admin())));
    const deliver = async () => {
      for (let idle = 0; idle < 3;) idle = (await deliverStep(new Date())).worked ? 0 : idle + 1;
    };
    await Promise.all([...team.map(act), customersWrite(), adminUnclaims(), deliver(), deliver()]);
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
      // Nobody claims or replies while somebody else holds the ticket.
      let assignee: string | null = null;
      for (const line of lines) {
        if (line.kind === "unclaimed") assignee = null;
        if (line.kind === "claimed" || line.kind === "replied") {
          expect([null, line.by?.id]).toContain(assignee);
          assignee = line.by?.id ?? null;
        }
      }
      expect(stored.assignedTo ?? null).toBe(assignee);
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
