import { beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { deliverStep, LEASE_MS } from "@/lib/outbound/deliver";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { markSeen } from "@/lib/tickets/mark-seen";
import { replyToTicket } from "@/lib/tickets/reply";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { answer, noticesIn, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { deliverAll, storedMessage } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { rawReport } from "@/tests/support/mail/delivery-reports";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const ROUNDS = Array.from({ length: 20 }, (_, round) => round);

beforeEach(async () => {
  await Promise.all([EmailMessage.deleteMany({}), InboundEmail.deleteMany({})]);
  server.behave();
});

type Reply = Awaited<ReturnType<typeof answer>>;

async function answered() {
  const ticket = await ticketByMail();
  const reply = await answer(ticket.id);
  await deliverAll();
  return { ...ticket, reply };
}

/** Puts a report about the reply into the ledger; `ingestAll` files it. */
const reportComes = (reply: Reply) =>
  receive(rawReport({ about: reply, recipients: reply.to }), { from: "" });

const mailComes = ({ from, rfcMessageId }: { from: string; rfcMessageId: string | null }) =>
  receive(rawMail({ header: { From: from, "In-Reply-To": rfcMessageId } }));

const reason = (outcome: { ok: true } | { ok: false; failure: { reason: string } }) =>
  outcome.ok ? "ok" : outcome.failure.reason;

/** No closed ticket has attention, and one with something unseen has it. */
async function expectShown(id: ThreadId, kind: string | null, isClosed = false) {
  const { attention, status } = await storedThread(id);
  expect({ kind: attention?.kind ?? null, isClosed: status === "waiting" || status === "resolved" }).toEqual({
    kind,
    isClosed,
  });
}

/** Runs both, the second one first in every other round. */
async function race<One, Other>(round: number, one: () => Promise<One>, other: () => Promise<Other>) {
  if (round % 2 === 0) return Promise.all([one(), other()]);
  const second = other();
  return [await one(), await second] as const;
}

/** Files the mail while `act` happens: before it is read, just when it is put into the ticket, or after. */
async function fileBeside<Value>(
  round: number,
  { ledgerId }: Awaited<ReturnType<typeof receive>>,
  act: () => Promise<Value>,
): Promise<Value> {
  const filing = ingestAll();
  if (round % 3 === 1) await untilFiled(ledgerId, "received");
  if (round % 3 === 2) await untilFiled(ledgerId, "ticketed");
  const value = await act();
  await filing;
  return value;
}

/** Waits until the mail's ticket is known, which is right before the mail is put into it, or has happened. */
async function untilFiled(ledgerId: string, state: "received" | "ticketed"): Promise<void> {
  for (;;) {
    const row = await storedRow(ledgerId);
    if (row.threadId && (state === "received" || row.state === state)) return;
  }
}

describe("at the same moment", () => {
  test("a report and a member's next reply leave what came back to be seen, or the reply held", async () => {
    const ends = new Set<string>();
    for (const round of ROUNDS) {
      const { id, reply } = await answered();
      const report = await reportComes(reply);
      const request = {
        threadId: id,
        text: "Next",
        lastSeenMessageId: reply._id,
        status: "resolved" as const,
      };
      const outcome = await fileBeside(round, report, () => replyToTicket(request, priya));
      ends.add(reason(outcome));
      if (!outcome.ok) {
        expect(outcome.failure).toMatchObject({ messages: [{ notice: { kind: "came_back" } }] });
      }
      await expectShown(id, "came_back");
      expect(await storedMessage(reply._id)).toMatchObject({ state: "came_back" });
    }
    expect([...ends].toSorted()).toEqual(["newer_messages", "ok"]);
  });

  test("a report and a resolve leave an open ticket that needs a look", async () => {
    for (const round of ROUNDS) {
      const { id, reply } = await answered();
      const report = await reportComes(reply);
      const resolve = () => setTicketStatus(id, "resolved", priya, { lastSeenMessageId: reply._id });
      const outcome = await fileBeside(round, report, resolve);
      expect(["ok", "newer_messages"]).toContain(reason(outcome));
      await expectShown(id, "came_back");
    }
  });

  test("a customer's mail and a resolve, with or without the message seen, leave the mail to be seen", async () => {
    for (const round of ROUNDS) {
      const { id, opening, reply } = await answered();
      const mail = await mailComes(opening);
      const seen = round % 4 < 2 ? { lastSeenMessageId: reply._id } : {};
      const resolve = () => setTicketStatus(id, "resolved", priya, seen);
      const outcome = await fileBeside(round, mail, resolve);
      expect(["ok", "newer_messages"]).toContain(reason(outcome));
      await expectShown(id, "customer_mail");
    }
  });

  test("a customer's mail and a look leave the mail to be seen", async () => {
    for (const round of ROUNDS) {
      const { id, opening } = await ticketByMail();
      const mail = await mailComes(opening);
      const look = () => markSeen({ threadId: id, lastSeenMessageId: opening._id }, priya);
      const outcome = await fileBeside(round, mail, look);
      expect(["ok", "newer_messages"]).toContain(reason(outcome));
      const { attention, lastMessageId } = await storedThread(id);
      expect(lastMessageId).not.toBe(opening._id);
      expect(attention).toMatchObject({ kind: "customer_mail", messageId: lastMessageId });
    }
  });

  test("two reports about one reply count once, and both are filed", async () => {
    for (const round of ROUNDS) {
      const { id, reply } = await answered();
      const { revision = 0 } = await storedThread(id);
      const receipts = [await reportComes(reply), await reportComes(reply)];
      await race(round, ingestAll, ingestAll);
      const rows = await Promise.all(receipts.map(({ ledgerId }) => storedRow(ledgerId)));
      expect(rows.map(({ state, threadId }) => [state, threadId?.toHexString()])).toEqual([
        ["ticketed", id],
        ["ticketed", id],
      ]);
      await expectShown(id, "came_back");
      expect(await storedThread(id)).toMatchObject({ revision: revision + 1, messageCount: 4 });
    }
  });

  test("an undo and a delivery end in an undone reply that needs a look, or a sent one", async () => {
    for (const round of ROUNDS) {
      const { id } = await ticketByMail();
      const reply = await answer(id, { status: "resolved" });
      const [undone] = await race(round, () => settleDelivery(reply._id, "undo", priya), deliverAll);
      await deliverAll();
      const { state } = await storedMessage(reply._id);
      expect([undone.ok, state]).toEqual(undone.ok ? [true, "cancelled"] : [false, "sent"]);
      await expectShown(id, undone.ok ? "undone" : null, !undone.ok);
    }
  });

  test("a report and the record of its attempt end in a reply that came back, which needs a look", async () => {
    for (const round of ROUNDS) {
      const { id } = await ticketByMail();
      const reply = await answer(id, { status: "resolved" });
      server.behave({ at: "dot", do: "hold", line: "250 2.0.0 Taken" });
      const isHeld = server.held();
      const slow = deliverStep(new Date());
      await isHeld;
      const report = await reportComes(reply);
      const record = async () => {
        server.letGo();
        await slow;
        await tellThreadStep(new Date());
      };
      await fileBeside(round, report, record);
      await deliverAll();
      expect(await storedMessage(reply._id)).toMatchObject({ state: "came_back" });
      await expectShown(id, "came_back");
    }
  });

  test("a report and the ticket's news of the sent reply leave what came back to be seen", async () => {
    for (const round of ROUNDS) {
      const { id } = await ticketByMail();
      const reply = await answer(id, { status: "resolved" });
      await deliverStep(new Date());
      const report = await reportComes(reply);
      await fileBeside(round, report, () => tellThreadStep(new Date()));
      await deliverAll();
      expect(await storedMessage(reply._id)).toMatchObject({ state: "came_back" });
      await expectShown(id, "came_back");
    }
  });
});

describe("a record that comes late", () => {
  test.each([
    { line: "250 2.0.0 Taken", kinds: [null], states: ["sent"] },
    { line: "554 5.7.1 No", kinds: [null, "failed"], states: ["sent", "failed"] },
  ])("and says $line, and *Mark as sent* at the same moment, end in one outcome", async (expected) => {
    for (const round of ROUNDS) {
      const { id } = await ticketByMail();
      const reply = await answer(id, { status: "resolved" });
      server.behave({ at: "dot", do: "hold", line: expected.line });
      const isHeld = server.held();
      const slow = deliverStep(new Date());
      await isHeld;
      const now = new Date(Date.now() + LEASE_MS + 1_000);
      await deliverAll(now);
      await expectShown(id, "unconfirmed");
      const record = async () => {
        server.letGo();
        await slow;
      };
      const [, marked] = await race(round, record, () => settleDelivery(reply._id, "mark_sent", priya));
      await deliverAll(now);
      const { state } = await storedMessage(reply._id);
      if (!marked.ok) expect(marked.failure).toMatchObject({ reason: "delivery_settled" });
      expect(expected.states).toContain(state);
      await expectShown(id, state === "failed" ? "failed" : null);
      const failures = (await noticesIn(id)).filter(({ notice }) => notice?.kind === "failed");
      expect(failures).toHaveLength(state === "failed" ? 1 : 0);
    }
  });
});
