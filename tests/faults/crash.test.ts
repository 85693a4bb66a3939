// Kills the web process or the worker of the built app at named points between two writes. `npm test` kills once in
// each area, which shows that the machinery works; `npm run test:faults` kills five times at each point there is.
import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CrashPoint } from "@/lib/process/crash-point";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { CrashDesk, type Answer, type Victim } from "./crash-desk";
import {
  expectEachMailOnce,
  expectOnlyNamedFiles,
  expectTrueCards,
  expectWholeHistory,
  expectWholeMail,
  linesOf,
  needsOf,
  replyOf,
  storedReplyOf,
} from "./crash-facts";
import { customerMail, reportMail, unreachableMail, type OutgoingMail } from "./crash-mails";
import { CRASH_POINTS, KILLS, ofThisRun } from "./crash-points";

const ROUNDS = Array.from({ length: KILLS }, (_, index) => index + 1);
/** With one more line after these the follower cuts the ticket's own history, which keeps 50. */
const CLAIMS_BEFORE_CUT = 25;

let desk: CrashDesk;
const mails: OutgoingMail[] = [];
/** Number of messages in the channel, by ticket, if the first post was cut short. */
const uncertain = new Map<string, number>();
const counts = { kills: 0, sent: 0, unconfirmed: 0, claims: 0 };
const killedAt = new Set<CrashPoint>();

beforeAll(async () => {
  desk = await CrashDesk.start();
}, 300_000);

afterAll(async () => {
  const perReply = Map.groupBy(desk.mail.mails(), ({ messageId }) => messageId);
  const twice = [...perReply.values()].filter((copies) => copies.length > 1);
  console.log(
    `crash: ${counts.kills} kills; ${mails.length} mails in; ${counts.sent} replies sent, ${counts.unconfirmed} ` +
      `unconfirmed, ${twice.length} sent twice; ${counts.claims} claims; ${uncertain.size} cards in doubt`,
  );
  await desk.stop();
}, 60_000);

afterEach(async () => {
  await expectEachMailOnce(desk, mails);
  await expectOnlyNamedFiles(desk);
  await expectTrueCards(desk, uncertain);
  await expectWholeHistory(desk);
}, 60_000);

type Way = (mail: OutgoingMail) => Promise<void>;
const http: Way = (mail) => desk.post(mail);
const smtp: Way = (mail) => desk.deliver(mail);

async function killAt<Value>(point: CrashPoint, victim: Victim, drive: () => Promise<Value>): Promise<Value> {
  const answer = await desk.killAt(point, victim, drive);
  counts.kills += 1;
  killedAt.add(point);
  return answer;
}

async function openTicket(mail = customerMail()): Promise<string> {
  mails.push(mail);
  await desk.post(mail);
  await desk.settled();
  return threadOf(mail);
}

async function threadOf({ messageId }: OutgoingMail): Promise<string> {
  const message = await desk.database.collection("emailmessages").findOne({ rfcMessageId: messageId });
  return String(message?.threadId);
}

const INGEST: [CrashPoint, Victim, Way, number[]][] = [
  ["ingest.raw-file-written", "web", http, [3_500_000]],
  ["ingest.in-ledger", "worker", smtp, []],
  ["ingest.leased", "worker", smtp, []],
  ["ingest.parsed", "worker", http, []],
  ["ingest.attachments-stored", "worker", http, [20_000, 300_000]],
  ["ingest.before-commit", "worker", smtp, [1_000]],
  ["ingest.committed", "worker", http, []],
];

describe.each(ROUNDS)("kill %i of a process that takes mail in", () => {
  test.each(ofThisRun(INGEST))(
    "at %s, in the %s process, leaves the mail one message of one ticket",
    async (point, victim, send, sizes) => {
      const mail = customerMail(...sizes);
      mails.push(mail);
      await killAt(point, victim, () => send(mail));
      await expectWholeMail(desk, mail);
    },
    120_000,
  );
});

// While the row is leased nobody can know whether the mail left, so a person decides.
const REPLY: [CrashPoint, Victim, "sent" | "unconfirmed", number][] = [
  ["reply.before-commit", "web", "sent", 1],
  ["reply.committed", "web", "sent", 1],
  ["deliver.leased", "worker", "unconfirmed", 0],
  ["deliver.before-data", "worker", "unconfirmed", 0],
  ["deliver.data-begun", "worker", "unconfirmed", 0],
  ["deliver.dot-written", "worker", "unconfirmed", 1],
  ["deliver.accepted", "worker", "unconfirmed", 1],
  ["deliver.recorded", "worker", "sent", 1],
];

describe.each(ROUNDS)("kill %i of a process that replies", () => {
  test.each(ofThisRun(REPLY))(
    "at %s, in the %s process, leaves the reply %s, and %i mail sent",
    async (point, victim, state, taken) => {
      const threadId = await openTicket();
      const body = { threadId, text: `The answer to ${threadId}.` };
      const key = randomUUID();
      const answer = await killAt(point, victim, () => desk.ask("priya", "/api/emails/reply", body, key));
      expect(answer).toMatchObject({ status: state === "sent" ? 200 : 202, body: { delivery: state } });
      // A worker's death is not seen from outside: the request waits on.
      if (victim === "web") expect(answer.attempts).toBeGreaterThan(1);
      expect(await replyOf(desk, threadId, "priya")).toEqual({
        stored: state,
        shown: state,
        attempts: 1,
        taken,
      });
      expect(await linesOf(desk, threadId, "replied")).toHaveLength(1);
      counts[state] += 1;
    },
    120_000,
  );
});

/** Priya answers and resolves in one. */
function resolveWith(threadId: string, more: object = {}): Promise<Answer> {
  const body = { threadId, text: `The answer to ${threadId}.`, status: "resolved", ...more };
  return desk.ask("priya", "/api/emails/reply", body, randomUUID());
}

async function replyIn(threadId: string): Promise<StoredMessage> {
  const reply = await storedReplyOf(desk, threadId);
  if (!reply) throw new Error("The ticket has no reply.");
  return reply;
}

const noticed = (kind: string, state: string) => ({
  status: "open",
  attention: kind,
  isNewest: true,
  notices: [kind],
  state,
});

describe.each(ROUNDS)("kill %i of a process that tells a ticket what became of its reply", () => {
  test.each(ofThisRun([["ingest.before-commit"], ["ingest.committed"]]))(
    "at %s leaves the report, its notice and the ticket's attention once",
    async (point) => {
      const threadId = await openTicket();
      expect((await resolveWith(threadId)).status).toBe(200);
      await desk.settled();
      const report = reportMail(await replyIn(threadId));
      mails.push(report);
      await killAt(point, "worker", () => desk.deliver(report));
      expect(await needsOf(desk, threadId)).toEqual(noticed("came_back", "came_back"));
      expect(await linesOf(desk, threadId, "came_back")).toHaveLength(1);
    },
    120_000,
  );

  test.each(ofThisRun([["deliver.before-told"], ["deliver.told"]]))(
    "at %s leaves one notice of a refusal and the ticket's attention",
    async (point) => {
      const threadId = await openTicket(unreachableMail());
      await killAt(point, "worker", () => resolveWith(threadId));
      expect(await needsOf(desk, threadId)).toEqual(noticed("failed", "failed"));
      expect(await linesOf(desk, threadId, "delivery_settled")).toHaveLength(1);
    },
    120_000,
  );

  test.each(ofThisRun([["settle.before-commit"], ["settle.committed"]]))(
    "at %s leaves an undone reply with its notice, or a sent one without any",
    async (point) => {
      const threadId = await openTicket();
      expect((await resolveWith(threadId, { undoSeconds: 60 })).status).toBe(202);
      const body = { messageId: (await replyIn(threadId))._id, action: "undo" };
      const key = randomUUID();
      const undo = () => desk.ask("priya", "/api/emails/delivery", body, key);
      const answer = await killAt(point, "web", undo);
      // The clock is put forward, so that a reply that is not undone yet may go out before the request is retried.
      const isUndone = answer.status === 200;
      expect(point === "settle.committed" ? isUndone : true).toBe(true);
      const sent = { status: "resolved", attention: null, isNewest: true, notices: [], state: "sent" };
      expect(await needsOf(desk, threadId)).toEqual(isUndone ? noticed("undone", "cancelled") : sent);
    },
    120_000,
  );

  test.each(ofThisRun([["seen.written"]]))(
    "at %s leaves one look, which the retried request recognises",
    async (point) => {
      const threadId = await openTicket();
      const page = await desk.ask("priya", `/api/emails/tickets/${threadId}`);
      const { lastMessageId } = page.body.ticket as { lastMessageId: string }; // the contract of the route
      const key = randomUUID();
      const look = () =>
        desk.ask("priya", "/api/emails/seen", { threadId, lastSeenMessageId: lastMessageId }, key);
      expect(await killAt(point, "web", look)).toMatchObject({ status: 200, body: { success: true } });
      expect(await linesOf(desk, threadId, "seen")).toHaveLength(1);
      expect(await needsOf(desk, threadId)).toMatchObject({ attention: null });
    },
    120_000,
  );
});

function claim(threadId: string): Promise<Answer> {
  return desk.ask("tomas", "/api/emails/claim", { threadId }, randomUUID());
}

async function expectOneClaim(threadId: string, { status, body }: Answer): Promise<void> {
  const [line, ...more] = await linesOf(desk, threadId, "claimed");
  expect(more).toEqual([]);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { assignedTo: "user_tomas", claimedAt: line?.claimedAt?.toISOString() },
  });
  counts.claims += 1;
}

describe.each(ROUNDS)("kill %i of a process that claims", () => {
  test.each(ofThisRun([["claim.before-write"], ["claim.written"]]))(
    "at %s leaves one claim, which the retried request recognises",
    async (point) => {
      const threadId = await openTicket();
      const answer = await killAt(point, "web", () => claim(threadId));
      expect(answer.attempts).toBeGreaterThan(1);
      await expectOneClaim(threadId, answer);
    },
    120_000,
  );
});

/** An unassigned ticket that Priya has claimed and then given to Jonas, whom the desk knows. */
async function give(threadId: string): Promise<Answer> {
  for (const slug of ["jonas", "priya"]) await desk.ask(slug, "/api/emails/tickets/counts");
  await desk.ask("priya", "/api/emails/claim", { threadId });
  await desk.database
    .collection("members")
    .updateOne({ _id: "user_jonas" as never }, { $set: { "preferences.mailOnHandover": true } });
  const body = { threadId, assignedTo: "user_jonas", expectedAssignedTo: "user_priya", note: "Yours" };
  return desk.ask("priya", "/api/emails/reassign", body, randomUUID());
}

const threadIn = (threadId: string) =>
  desk.database
    .collection<StoredThread>("emailthreads")
    .findOne({ _id: new mongoose.Types.ObjectId(threadId) });

describe.each(ROUNDS)("kill %i of a process that hands a ticket over", () => {
  const gives: [CrashPoint, Victim, number][] = [
    ["reassign.written", "web", 1],
    ["tell.accepted", "worker", 2],
  ];
  test.each(ofThisRun(gives))(
    "at %s, in the %s process, leaves one hand-over, and %i mail of it",
    async (point, victim, sent) => {
      const threadId = await openTicket();
      const before = desk.mail.mails().length;
      const answer = await killAt(point, victim, () => give(threadId));
      expect(answer).toMatchObject({ status: 200, body: { ticket: { assignedTo: "user_jonas" } } });
      expect(await linesOf(desk, threadId, "reassigned")).toHaveLength(1);
      expect(await threadIn(threadId)).toMatchObject({
        handover: { by: { id: "user_priya" }, note: "Yours" },
      });
      const told = desk.mail.mails().slice(before);
      expect(told).toHaveLength(sent);
      expect(new Set(told.map(({ messageId }) => messageId)).size).toBe(1);
    },
    120_000,
  );

  test.each(ofThisRun([["decline.before-commit"], ["decline.committed"]]))(
    "at %s leaves one decline with its notice, which the retried request recognises",
    async (point) => {
      const threadId = await openTicket();
      await give(threadId);
      await desk.settled();
      const [body, key] = [{ threadId, reason: "Away" }, randomUUID()];
      const decline = () => desk.ask("jonas", "/api/emails/decline", body, key);
      const answer = await killAt(point, "web", decline);
      expect(answer.attempts).toBeGreaterThan(1);
      expect(answer).toMatchObject({ status: 200, body: { ticket: { assignedTo: null } } });
      expect(await linesOf(desk, threadId, "declined")).toHaveLength(1);
      expect(await threadIn(threadId)).toMatchObject({
        ...{ assignedTo: null, givenBackTo: "user_priya", messageCount: 2 },
        attention: { kind: "declined" },
      });
    },
    120_000,
  );
});

describe.each(ROUNDS)("kill %i of a process that carries out a job", () => {
  test.each(ofThisRun([["bulk.item-done"], ["bulk.before-settle"], ["bulk.settled"]]))(
    "at %s leaves each ticket changed once",
    async (point) => {
      const threadIds = [await openTicket(), await openTicket(), await openTicket()];
      await desk.ask("tomas", "/api/emails/tickets/counts");
      const list = { view: "unassigned", seenAt: new Date().toISOString() };
      const start = () =>
        desk.ask("tomas", "/api/emails/bulk/jobs", { action: "claim", ...list }, randomUUID());
      const { status, body } = await killAt(point, "worker", start);
      expect(status).toBe(202);
      const { _id } = body.job as { _id: string }; // the contract of the route
      expect((await desk.ask("tomas", `/api/emails/bulk/jobs/${_id}`)).body).toMatchObject({
        job: { state: "done", refused: 0 },
      });
      for (const threadId of threadIds) {
        expect((await threadIn(threadId))?.assignedTo).toBe("user_tomas");
        expect(await linesOf(desk, threadId, "claimed")).toHaveLength(1);
      }
    },
    120_000,
  );
});

describe.each(ROUNDS)("kill %i of a process that keeps a card", () => {
  const posts: [CrashPoint, number][] = [
    ["cards.post-announced", 1],
    ["cards.posted", 2],
  ];
  test.each(ofThisRun(posts))(
    "at %s leaves a true card that says it may stand there twice, and %i in the channel",
    async (point, shown) => {
      const mail = customerMail();
      mails.push(mail);
      await killAt(point, "worker", () => desk.post(mail));
      uncertain.set(await threadOf(mail), shown);
    },
    120_000,
  );

  test.each(ofThisRun([["cards.edited"]]))(
    "at %s leaves the card as the claim made it",
    async (point) => {
      const threadId = await openTicket();
      await expectOneClaim(threadId, await killAt(point, "worker", () => claim(threadId)));
    },
    120_000,
  );
});

/** Makes the card one that stands far up in the channel and has not shown yet that its ticket needs attention. */
async function ageCard(threadId: string): Promise<void> {
  const earlier = { $dateSubtract: { startDate: "$postedAt", unit: "hour", amount: 2 } };
  await desk.database
    .collection("cards")
    .updateOne({ threadId: new mongoose.Types.ObjectId(threadId) }, [
      { $set: { postedAt: earlier, showsAttention: false } },
    ]);
}

describe.each(ROUNDS)("kill %i of a process that moves a card", () => {
  test.each(ofThisRun([["cards.moved"], ["cards.move-added"]]))(
    "at %s leaves one true card at the end of the channel",
    async (point) => {
      const threadId = await openTicket();
      await ageCard(threadId);
      await expectOneClaim(threadId, await killAt(point, "worker", () => claim(threadId)));
      expect(desk.discord.messages().at(-1)?.content).toContain(threadId);
      const cards = desk.database
        .collection("cards")
        .find({ threadId: new mongoose.Types.ObjectId(threadId) });
      expect((await cards.sort({ gen: 1 }).toArray()).map(({ state }) => state as string)).toEqual([
        "moved",
        "live",
      ]);
    },
    120_000,
  );
});

describe.each(ROUNDS)("kill %i of a process that keeps the history", () => {
  test("at events.copied leaves every line in the lasting history before the ticket's own are cut", async () => {
    const threadId = await openTicket();
    for (let turn = 0; turn < CLAIMS_BEFORE_CUT; turn += 1) {
      await desk.ask("priya", "/api/emails/claim", { threadId });
      await desk.ask("priya", "/api/emails/unclaim", { threadId });
    }
    await desk.settled();
    const threads = desk.database.collection("emailthreads");
    const which = { _id: new mongoose.Types.ObjectId(threadId) };
    const old = { $dateSubtract: { startDate: "$$line.at", unit: "hour", amount: 2 } };
    const aged = { $map: { input: "$history", as: "line", in: { $mergeObjects: ["$$line", { at: old }] } } };
    await threads.updateOne(which, [{ $set: { history: aged } }]);

    const answer = await killAt("events.copied", "worker", () => claim(threadId));
    expect(answer.status).toBe(200);
    expect((await threads.findOne(which))?.history).toHaveLength(50);
    expect(await linesOf(desk, threadId, "claimed")).toHaveLength(CLAIMS_BEFORE_CUT + 1);
  }, 120_000);
});

if (KILLS > 1) {
  test("a process was killed at every point there is", () => {
    expect([...killedAt].sort()).toEqual([...CRASH_POINTS].sort());
  });
}
