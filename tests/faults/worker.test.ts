// The built app as two processes: each is killed, and told to end, while mail is filed and replies go out.
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasEnded, workerRestarts } from "@/tests/support/desk/team-app";
import { CrashDesk } from "./crash-desk";
import { expectEachMailOnce, expectWholeHistory, linesOf, replyOf } from "./crash-facts";
import { customerMail, type OutgoingMail } from "./crash-mails";

/** Those that the worker itself loads; its parser threads load others. */
const MAIL_PACKAGES = ["nodemailer", "piscina", "smtp-server"];
const MAILS = 20;
const REPLIES = 8;

let desk: CrashDesk;
const mails: OutgoingMail[] = [];

beforeAll(async () => {
  desk = await CrashDesk.start();
}, 300_000);

afterAll(async () => {
  await desk.stop();
}, 60_000);

async function openTickets(count: number): Promise<string[]> {
  const opened = Array.from({ length: count }, () => customerMail());
  mails.push(...opened);
  for (const mail of opened) await desk.post(mail);
  await desk.settled();
  const wanted = { rfcMessageId: { $in: opened.map(({ messageId }) => messageId) } };
  const messages = await desk.database.collection("emailmessages").find(wanted).toArray();
  return messages.map(({ threadId }) => String(threadId));
}

function reply(threadId: string) {
  const body = { threadId, text: `The answer to ${threadId}.` };
  return desk.ask("priya", "/api/emails/reply", body, randomUUID());
}

async function untilSending(): Promise<void> {
  const sending = () => desk.database.collection("emailmessages").countDocuments({ state: "sending" });
  await expect.poll(sending, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
}

test("a worker that is killed at work is started again, and nothing is lost or done twice", async () => {
  const threadIds = await openTickets(REPLIES);
  const arriving = Array.from({ length: MAILS }, () => customerMail(5_000));
  mails.push(...arriving);
  const work = Promise.all([
    ...arriving.map((mail, index) => (index % 2 === 0 ? desk.deliver(mail) : desk.post(mail))),
    ...threadIds.map(reply),
  ]);
  await untilSending();
  await desk.killWorker();
  await work;
  await desk.settled();

  await expectEachMailOnce(desk, mails);
  await expectWholeHistory(desk);
  const replies = await Promise.all(threadIds.map((threadId) => replyOf(desk, threadId, "priya")));
  for (const { stored, attempts, taken } of replies) {
    expect(attempts).toBe(1);
    // A reply that was under way is unconfirmed: it may have been taken, but it is not sent again.
    expect({ stored, taken }).toEqual(
      stored === "sent" ? { stored, taken: 1 } : { stored: "unconfirmed", taken },
    );
    expect(taken).toBeLessThanOrEqual(1);
  }
}, 120_000);

test("a worker ends by itself after its web process was killed, and records the reply that it was sending", async () => {
  const [threadId = ""] = await openTickets(1);
  const answer = reply(threadId);
  await untilSending();
  await desk.end("web", "SIGKILL");
  expect(await desk.database.collection("emailmessages").countDocuments({ state: "sending" })).toBe(0);
  const restored = desk.startAgain();
  expect(await answer).toMatchObject({ status: 200, body: { delivery: "sent" } });
  await restored;
  expect(await replyOf(desk, threadId, "priya")).toMatchObject({ stored: "sent", taken: 1, attempts: 1 });
}, 120_000);

test.each(["web", "worker"] as const)(
  "a signal to the %s process, even twice, ends both once the reply under way is sent and answered",
  async (victim) => {
    const [threadId = ""] = await openTickets(1);
    const answer = reply(threadId);
    await untilSending();
    expect(await desk.end(victim, "SIGTERM")).toBe(0);
    expect(await answer).toMatchObject({ status: 200, body: { delivery: "sent" }, attempts: 1 });
    await desk.startAgain();
    expect(await replyOf(desk, threadId, "priya")).toMatchObject({ stored: "sent", taken: 1, attempts: 1 });
    expect(await linesOf(desk, threadId, "replied")).toHaveLength(1);
  },
  120_000,
);

test("a desk whose worker cannot listen on its port ends with 78 and says why", async () => {
  const { code, said } = await desk.runAnother();
  expect(code).toBe(78);
  expect(said).toMatch(/INBOUND_SMTP_PORT \d+ cannot be listened on/);
}, 60_000);

test("the web process loads no package of mail, also if mail is posted to it", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "claimdesk-loaded-"));
  const preload = pathToFileURL(path.resolve("tests/support/desk/loaded-packages.mjs")).href;
  await desk.end("web", "SIGTERM");
  await desk.startAgain({ NODE_OPTIONS: `--import=${preload}`, LOADED_IN: folder });
  const [threadId = ""] = await openTickets(1);
  expect(await reply(threadId)).toMatchObject({ status: 200 });

  const { web, worker } = await desk.processIds();
  const loadedBy = async (pid: number) => {
    const names = await readFile(path.join(folder, String(pid)), "utf8");
    return MAIL_PACKAGES.filter((name) => new RegExp(`^${name}\\b`, "m").test(names));
  };
  expect({ web: await loadedBy(web), worker: await loadedBy(worker) }).toEqual({
    web: [],
    worker: MAIL_PACKAGES,
  });
  await rm(folder, { recursive: true });
}, 60_000);

test("FOLLOWERS=off runs no worker and is ready without one", async () => {
  const second = await desk.startAnother({ FOLLOWERS: "off" });
  expect((await fetch(`${second.url}/api/health/ready`)).status).toBe(200);
  expect(await second.workerPid()).toBeNull();
  expect(await workerRestarts(second.url)).toBeNaN();
  const pid = second.process.pid ?? 0;
  await second.stop();
  expect(await hasEnded(pid)).toBe(true);
}, 60_000);
