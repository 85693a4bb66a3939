import mongoose from "mongoose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/live/route";
import type { CountsResponse } from "@/lib/api/contracts";
import { endSessions } from "@/lib/auth/standing";
import { trusted } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { listenToChanges } from "@/lib/live/changes";
import { STREAMS_PER_MEMBER, takeSlot } from "@/lib/live/slots";
import { countLiveStreams, endLiveStreams, LIFE_MS, openLiveStream } from "@/lib/live/stream";
import { running } from "@/lib/process/running";
import { claimTicket } from "@/lib/tickets/claim";
import { countTickets } from "@/lib/tickets/list";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import { readTicket } from "@/lib/tickets/read";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { Member } from "@/models/MemberModel";
import { commandsOf } from "@/tests/support/database/commands";
import { FROM_OWN_PAGE } from "@/tests/support/routes/peer";
import { demoIdentity } from "@/tests/support/routes/identities";
import { needingLook } from "@/tests/support/factories/attention";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { namedIn, readEvents } from "@/tests/support/network/live-events";
import { createThread } from "@/tests/support/factories/threads";

beforeAll(demoIdentity.use);
afterEach(endLiveStreams);
const { maya, priya } = demoIdentity.team;

type Options = { memberId?: string; lifeMs?: number; since?: Date };

/** An open stream of the member, after its `hello` and its first counters. */
async function open({ memberId = maya.id, lifeMs = LIFE_MS, since }: Options = {}) {
  const abort = new AbortController();
  const ended = Promise.withResolvers<void>();
  let ends = 0;
  const onEnd = async () => {
    ends += 1;
    ended.resolve();
  };
  const body = await openLiveStream({
    memberId,
    reads: LIVE_READS,
    signal: abort.signal,
    lifeMs,
    onEnd,
    since,
  });
  const events = readEvents(body);
  const hello = await events.nextOf("hello");
  return { body, events, hello, abort, ended: ended.promise, ends: () => ends };
}

type Events = ReturnType<typeof readEvents>;

/** The row of the ticket in the first event that has it in this revision or a later one. */
async function rowOf(events: Events, threadId: string, revision = 1) {
  for (;;) {
    const { rows } = await events.nextOf("rows");
    const row = rows.find(({ ticket }) => ticket._id === threadId && ticket.revision >= revision);
    if (row) return row;
  }
}

/** Waits until the counters that were told, taken together, are `expected`, and returns them all. */
async function countsOf(events: Events, expected: Partial<CountsResponse>): Promise<Partial<CountsResponse>> {
  let told: Partial<CountsResponse> = {};
  while (Object.entries(expected).some(([name, count]) => told[name as keyof CountsResponse] !== count)) {
    const { now: _now, ...counts } = await events.nextOf("counts");
    told = { ...told, ...counts };
  }
  return told;
}

/** Waits for the first counters of the window's own member. */
async function ownCounts(events: Events): Promise<void> {
  while ((await events.nextOf("counts")).mine === undefined);
}

/** Waits until the ticket is said to be gone. */
async function goneOf(events: Events, threadId: string): Promise<void> {
  while (!(await events.nextOf("rows")).gone.includes(threadId));
}

describe("a live stream", () => {
  test("brings each changed ticket as its page shows it, with the new line of its history", async () => {
    const [unseen, seen] = [await createThread(), await createThread()];
    const { events } = await open();
    await EmailThread.updateOne({ _id: unseen.id }, { $set: { cardsDueAt: new Date() } });
    await claimTicket(seen.id, priya, "op-live-1");

    const { ticket, lines } = await rowOf(events, seen.id, 2);
    const stored = await readTicket(seen.id);
    if (!stored.ok) throw new Error("no ticket");
    expect(ticket).toEqual(stored.value.ticket);
    expect(lines).toEqual(stored.value.history.slice(-1));
    expect(lines).toMatchObject([{ kind: "claimed", by: { id: priya.id }, revision: 2 }]);
  });

  test("brings every line of a ticket that changes twice at once", async () => {
    const { id } = await createThread();
    const { events } = await open();
    await claimTicket(id, priya, "op-live-2");
    await unclaimTicket(id, priya, { op: "op-live-3" });
    await claimTicket(id, maya, "op-live-4");
    const revisions: number[] = [];
    while (!revisions.includes(4)) {
      const { rows } = await events.nextOf("rows");
      for (const { ticket, lines } of rows)
        if (ticket._id === id) revisions.push(...lines.map(({ revision }) => revision));
    }
    expect(revisions).toEqual([2, 3, 4]);
  });

  test("counts again for those whom a change concerns", async () => {
    const { id } = await createThread();
    const [mayas, priyas] = [await open(), await open({ memberId: priya.id })];
    await countsOf(mayas.events, await countTickets(maya));
    await claimTicket(id, priya, "op-live-5");
    await countsOf(priyas.events, await countTickets(priya));
    const { unassigned, all } = await countTickets(maya);
    expect(await countsOf(mayas.events, { unassigned, all })).not.toHaveProperty("mine");
  });

  test("counts a ticket that needs a look for its assignee and for all", async () => {
    const { id } = await createThread({ assignedTo: priya.id });
    const [mayas, priyas] = [await open(), await open({ memberId: priya.id })];
    const before = await countTickets(priya);
    await countsOf(priyas.events, before);
    await countsOf(mayas.events, await countTickets(maya));

    const line = { op: "op-live-6", kind: "came_back" as const, at: new Date(), revision: 2, by: null };
    const set = { ...needingLook(new Date()), revision: 2 };
    await EmailThread.updateOne({ _id: id }, { $set: set, $push: { history: line } });
    const { mineNeedsLook, allNeedsLook } = await countTickets(priya);
    expect(mineNeedsLook).toBe(Number(before.mineNeedsLook) + 1);
    await countsOf(priyas.events, { mineNeedsLook, allNeedsLook });
    expect(await countsOf(mayas.events, { allNeedsLook })).not.toHaveProperty("mineNeedsLook");

    await EmailThread.updateOne({ _id: id }, { $unset: { needsLookAt: 1 }, $inc: { revision: 1 } });
    await countsOf(priyas.events, { mineNeedsLook: before.mineNeedsLook });
  });

  test("says that a ticket is gone once it is no longer stored, or merged into another", async () => {
    const [deleted, merged, other] = [await createThread(), await createThread(), await createThread()];
    const { events } = await open();
    await EmailThread.deleteOne({ _id: deleted.id });
    await goneOf(events, deleted.id);
    await EmailThread.updateOne(
      { _id: merged.id },
      { $set: { mergedInto: other._id }, $inc: { revision: 1 } },
    );
    await goneOf(events, merged.id);
  });

  test("reports a new mail, its message and its ticket", async () => {
    const { events } = await open();
    const { threadId } = await deliver(rawMail());
    const seen = new Set<string>();
    while (seen.size < 3) {
      const { mail, messages, rows } = await events.nextOf("rows");
      if (mail) seen.add("mail");
      if (messages.includes(threadId)) seen.add("message");
      if (rows.some(({ ticket }) => ticket._id === threadId)) seen.add("ticket");
    }
  });

  test("brings the state of a reply whose delivery goes on", async () => {
    const { threadId, message } = await deliver(rawMail());
    const { events } = await open();
    await EmailMessage.updateOne(
      { _id: message._id },
      { $set: { state: "failed", lastError: "No such box." } },
    );
    for (;;) {
      const { deliveries } = await events.nextOf("rows");
      if (deliveries.length === 0) continue; // the mail above may still be reported
      expect(deliveries).toEqual([
        {
          _id: message._id,
          threadId,
          state: "failed",
          lastError: "No such box.",
          undelivered: [],
          sentAt: message.at.toISOString(),
        },
      ]);
      return;
    }
  });

  test("gathers many changes into few events, and names none of them if there are too many", async () => {
    const threads = await Promise.all(Array.from({ length: 300 }, () => createThread()));
    const { events } = await open();
    const ids = threads.map(({ _id }) => _id);
    await EmailThread.updateMany({ _id: trusted({ $in: ids }) }, { $inc: { revision: 1 } });
    const reported: string[][] = [];
    while (!reported.flat().includes("any") && new Set(reported.flat()).size < ids.length) {
      const event = await events.next();
      if (!event) throw new Error("the stream ended");
      if (event.name === "rows" || event.name === "any") reported.push(namedIn(event));
    }
    expect(reported.flat()).toContain("any");
    expect(reported.length).toBeLessThan(5);
  });

  test("ends after five minutes as planned, so that the session is checked again", async () => {
    expect(LIFE_MS).toBe(300_000);
    const { events, ends } = await open({ lifeMs: 30 });
    expect((await events.rest()).at(-1)).toEqual({ name: "bye", data: { now: expect.any(String) } });
    expect(ends()).toBe(1);
    expect(countLiveStreams()).toBe(0);
  });

  test.each([
    ["ends their sessions", () => endSessions(priya.id)],
    ["is removed", () => Member.updateOne({ _id: priya.id }, { $set: { removedAt: new Date() } })],
  ])("ends at once if its member %s, and another member's goes on", async (_, end) => {
    await Member.updateOne(
      { _id: priya.id },
      {
        $set: {
          email: priya.email,
          name: priya.name,
          role: priya.role,
          lastSeenAt: new Date(),
          removedAt: null,
        },
      },
      { upsert: true },
    );
    const [theirs, others] = [await open({ memberId: priya.id }), await open()];
    await end();
    await theirs.events.rest();
    const { id } = await createThread();
    await rowOf(others.events, id);
    await Member.deleteOne({ _id: priya.id });
  });

  test("ends when the browser aborts the request or cancels the body", async () => {
    const [cut, cancelled] = [await open(), await open()];
    cut.abort.abort();
    await cut.events.rest();
    await cancelled.events.cancel();
    await Promise.all([cut.ended, cancelled.ended]);
    expect([cut.ends(), cancelled.ends(), countLiveStreams()]).toEqual([1, 1, 0]);
  });

  test("ends for a browser that does not read, with few events queued", async () => {
    const { events, ended, ends } = await open();
    let isEnded = false;
    void ended.then(() => (isEnded = true));
    while (!isEnded) await createThread();
    expect((await events.rest()).length).toBeLessThanOrEqual(32);
    expect(ends()).toBe(1);
  });

  test("ends when the change stream is lost for good, and the next one opens a new change stream", async () => {
    const { events, ends } = await open();
    await mongoose.connection.dropDatabase();
    await createIndexes();
    await events.rest();
    expect(ends()).toBe(1);
    const { events: next } = await open();
    const { id } = await createThread();
    await rowOf(next, id);
  });
});

describe("a stream that is opened again", () => {
  test("brings only what changed since the time that its reader names", async () => {
    const first = await open();
    const [, missed] = [await createThread(), await createThread()];
    await rowOf(first.events, missed.id);
    first.abort.abort();
    const since = new Date(Date.now() - 10);
    await claimTicket(missed.id, priya, "op-live-7");

    const again = await open({ since });
    expect(Date.parse(again.hello.from)).toBeLessThanOrEqual(since.getTime());
    expect((await rowOf(again.events, missed.id, 2)).ticket.assignedTo).toBe(priya.id);
  });

  test("says that it cannot know of a time before the process listened, or of too many changes", async () => {
    const early = await open({ since: new Date(Date.now() - 60_000) });
    expect(early.hello.from).toBe(early.hello.now);
    const since = new Date();
    const ids = (await Promise.all(Array.from({ length: 80 }, () => createThread()))).map(({ id }) => id);
    await rowOfAny(early.events, ids);
    const late = await open({ since });
    expect(late.hello.from).toBe(late.hello.now);
  });

  test("has a page read again that was rendered by a process whose clock is ahead", async () => {
    const since = new Date(Date.now() + 3_600_000);
    expect(Date.parse((await open({ since })).hello.from)).toBeGreaterThan(since.getTime());
  });
});

/** Waits until each of the tickets was named, or "any". */
async function rowOfAny(events: Events, ids: string[]): Promise<void> {
  const missing = new Set(ids);
  while (missing.size > 0) {
    const event = await events.next();
    if (!event) throw new Error("the stream ended");
    const named = namedIn(event);
    if (named.includes("any")) return;
    for (const id of named) missing.delete(id);
  }
}

describe("the reads of live windows", () => {
  test("are a handful for a claim, however many windows there are", async () => {
    const commandsFor = async (windows: number) => {
      const all = await Promise.all(
        Array.from({ length: windows }, (_, index) =>
          open({ memberId: index === 0 ? priya.id : `user_window_${index}` }),
        ),
      );
      // Until nothing that they caused, or the new ticket, is still to be read.
      await Promise.all(all.map(({ events }) => ownCounts(events)));
      const { id } = await createThread();
      await Promise.all(all.map(({ events }) => rowOf(events, id)));
      await Promise.all(all.map(({ events }) => events.nextOf("counts")));
      const commands = await commandsOf(async () => {
        await claimTicket(id, priya, `op-live-cost-${windows}`);
        await Promise.all(all.map(({ events }) => rowOf(events, id, 2)));
        await Promise.all(all.map(({ events }) => events.nextOf("counts")));
      });
      endLiveStreams();
      return commands
        .filter(({ name }) => name !== "findAndModify")
        .map(({ name, collection }) => `${name} ${collection}`);
    };
    const few = (await commandsFor(2)).sort();
    expect(few).toEqual([
      // Unassigned, all and the claimer's, how many of each need a look, and those that were given back to the claimer.
      ...Array.from({ length: 7 }, () => "aggregate emailthreads"),
      "find cards",
      "find emailthreads",
    ]);
    expect((await commandsFor(12)).sort()).toEqual(few);
  });

  test("do not happen without a window, though the process listens on", async () => {
    const { abort, ended } = await open();
    abort.abort();
    await ended;
    const { id } = await createThread();
    let heard = 0;
    const stopListening = await listenToChanges({
      onChange: (change) => void (heard += change.kind === "ticket" && change.threadId === id ? 1 : 0),
      onLost: () => {},
    });
    const commands = await commandsOf(async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        await claimTicket(id, priya);
        await unclaimTicket(id, priya);
      }
      await expect.poll(() => heard).toBeGreaterThanOrEqual(40);
    });
    stopListening();
    expect(commands.filter(({ name }) => name !== "findAndModify")).toEqual([]);
  });
});

describe("GET /api/live", () => {
  const ask = (name: "maya" | "priya" = "maya", path = "/api/live", method = "GET") =>
    GET(
      new Request(`http://localhost:3000${path}`, {
        method,
        headers: { ...FROM_OWN_PAGE, ...demoIdentity.headersOf(name) },
      }),
      { params: Promise.resolve({}) },
    );

  test("is a stream that no proxy may buffer or compress", async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    if (!response.body) throw new Error("no body");
    expect(await readEvents(response.body).next()).toMatchObject({ name: "hello" });
  });

  test("gives each member four slots, each released when its stream ends", async () => {
    const taken = () => LiveSlot.countDocuments({ _id: new RegExp(`^${maya.id}:`) });
    await expect.poll(taken).toBe(0); // those of the tests before
    const streams = [await ask(), await ask(), await ask(), await ask()];
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(await refused.json()).toMatchObject({
      reason: "too_many_requests",
      error: expect.stringContaining("4 browsers"),
    });
    expect((await ask("priya")).status).toBe(200);

    await streams[1]?.body?.cancel();
    await expect.poll(taken).toBe(3);
    expect((await ask()).status).toBe(200);
  });

  test("never gives more slots to simultaneous requests, and frees those of a process that died", async () => {
    const now = new Date();
    const slots = await Promise.all(Array.from({ length: 20 }, () => takeSlot("user_many", 1_000, now)));
    expect(slots.filter(Boolean)).toHaveLength(STREAMS_PER_MEMBER);
    expect(await takeSlot("user_many", 1_000, new Date(now.getTime() + 999))).toBeNull();
    const later = new Date(now.getTime() + 1_000);
    const taken = await Promise.all(slots.map(() => takeSlot("user_many", 1_000, later)));
    expect(taken.filter(Boolean)).toHaveLength(STREAMS_PER_MEMBER);
    // A late release by the old owner frees nobody else's slot.
    for (const release of slots) await release?.();
    expect(await LiveSlot.countDocuments({ _id: /^user_many:/ })).toBe(STREAMS_PER_MEMBER);
  });

  test("answers HEAD without opening a stream, and refuses an unknown or a wrong parameter", async () => {
    const head = await ask("maya", "/api/live", "HEAD");
    expect([head.status, head.body]).toEqual([200, null]);
    expect((await ask("maya", "/api/live?until=1")).status).toBe(400);
    expect((await ask("maya", "/api/live?since=yesterday")).status).toBe(400);
    expect(countLiveStreams()).toBe(0);
  });

  test("opens no stream while the process is stopping", async () => {
    running.isStopping = true;
    try {
      expect((await ask()).status).toBe(503);
    } finally {
      running.isStopping = false;
    }
  });
});
