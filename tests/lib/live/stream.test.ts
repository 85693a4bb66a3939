import mongoose from "mongoose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/live/route";
import { endSessions } from "@/lib/auth/standing";
import { trusted } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { STREAMS_PER_MEMBER, takeSlot } from "@/lib/live/slots";
import { countLiveStreams, endLiveStreams, LIFE_MS, openLiveStream } from "@/lib/live/stream";
import { running } from "@/lib/process/running";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { Member } from "@/models/MemberModel";
import { FROM_OWN_PAGE } from "@/tests/support/routes/peer";
import { demoIdentity } from "@/tests/support/routes/identities";
import { rawMail, receive } from "@/tests/support/factories/inbound-mails";
import { readEvents } from "@/tests/support/network/live-events";
import { createThread } from "@/tests/support/factories/threads";

beforeAll(demoIdentity.use);
afterEach(endLiveStreams);
const { maya, priya } = demoIdentity.team;

/** An open stream of the member, after its `hello`. */
async function open(memberId = maya.id, lifeMs = LIFE_MS) {
  const abort = new AbortController();
  const ended = Promise.withResolvers<void>();
  let ends = 0;
  const onEnd = async () => {
    ends += 1;
    ended.resolve();
  };
  const body = await openLiveStream({ memberId, signal: abort.signal, lifeMs, onEnd });
  const events = readEvents(body);
  expect(await events.next()).toEqual({ name: "hello", data: {} });
  return { body, events, abort, ended: ended.promise, ends: () => ends };
}

const changed = (...tickets: string[]) => ({ name: "changed", data: { tickets, mail: false } });

describe("a live stream", () => {
  test("names each ticket that changes, and no change that nobody can see", async () => {
    const [unseen, seen] = [await createThread(), await createThread()];
    const { events } = await open();
    await EmailThread.updateOne({ _id: unseen.id }, { $set: { cardsDueAt: new Date() } });
    await claimTicket(seen.id, priya, "op-live-1");
    expect(await events.next()).toEqual(changed(seen.id));
  });

  test("reports a new mail", async () => {
    const { events } = await open();
    await receive(rawMail());
    // A ticket that changed as the stream opened may be reported again.
    for (let isReported = false; !isReported;) {
      const event = await events.next();
      if (event?.name !== "changed") throw new Error("the stream ended");
      isReported = event.data.mail;
    }
  });

  test("gathers many changes into few events, and names no tickets if there are too many", async () => {
    const threads = await Promise.all(Array.from({ length: 300 }, () => createThread()));
    const { events } = await open();
    const ids = threads.map(({ _id }) => _id);
    await EmailThread.updateMany({ _id: trusted({ $in: ids }) }, { $inc: { revision: 1 } });
    const reported = [];
    let isComplete = false;
    while (!isComplete) {
      const event = await events.next();
      if (event?.name !== "changed") throw new Error("the stream ended");
      reported.push(event.data.tickets);
      isComplete = reported.includes("any") || new Set(reported.flat()).size === ids.length;
    }
    expect(reported).toContain("any");
    expect(reported.length).toBeLessThan(10);
  });

  test("ends after five minutes, so that the session is checked again", async () => {
    expect(LIFE_MS).toBe(300_000);
    const { events, ends } = await open(maya.id, 30);
    expect(await events.next()).toBeNull();
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
    const [theirs, others] = [await open(priya.id), await open(maya.id)];
    await end();
    expect(await theirs.events.next()).toBeNull();
    const { id } = await createThread();
    expect(await others.events.next()).toEqual(changed(id));
    await Member.deleteOne({ _id: priya.id });
  });

  test("ends when the browser aborts the request or cancels the body", async () => {
    const [cut, cancelled] = [await open(), await open()];
    cut.abort.abort();
    expect(await cut.events.next()).toBeNull();
    await cancelled.events.cancel();
    await Promise.all([cut.ended, cancelled.ended]);
    expect([cut.ends(), cancelled.ends(), countLiveStreams()]).toEqual([1, 1, 0]);
  });

  test("ends for a browser that does not read, with few events queued", async () => {
    const { events, ended, ends } = await open();
    let isEnded = false;
    void ended.then(() => (isEnded = true));
    while (!isEnded) await createThread();
    let queued = 0;
    while ((await events.next()) !== null) queued += 1;
    expect(queued).toBeLessThanOrEqual(32);
    expect(ends()).toBe(1);
  });

  test("ends when the change stream is lost for good, and the next one opens a new change stream", async () => {
    const { events, ends } = await open();
    await mongoose.connection.dropDatabase();
    await createIndexes();
    for (let event = await events.next(); event; event = await events.next());
    expect(ends()).toBe(1);
    const { events: next } = await open();
    const { id } = await createThread();
    expect(await next.next()).toEqual(changed(id));
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
    expect(await readEvents(response.body).next()).toEqual({ name: "hello", data: {} });
  });

  test("gives each member four slots, each released when its stream ends", async () => {
    const streams = [await ask(), await ask(), await ask(), await ask()];
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(await refused.json()).toMatchObject({
      reason: "too_many_requests",
      error: expect.stringContaining("4 windows"),
    });
    expect((await ask("priya")).status).toBe(200);

    await streams[1]?.body?.cancel();
    await expect.poll(() => LiveSlot.countDocuments({ _id: `${maya.id}:1` })).toBe(0);
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

  test("answers HEAD without opening a stream, and refuses an unknown parameter", async () => {
    const head = await ask("maya", "/api/live", "HEAD");
    expect([head.status, head.body]).toEqual([200, null]);
    expect((await ask("maya", "/api/live?since=1")).status).toBe(400);
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
