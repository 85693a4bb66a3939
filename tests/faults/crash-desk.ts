import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { createTransport } from "nodemailer";
import { expect } from "vitest";
import type { CrashPoint } from "@/lib/process/crash-point";
import { CRASH_BUILD } from "@/scripts/build.mjs";
import { freePort } from "@/scripts/ports";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { startMongod, type Mongod } from "@/scripts/mongod";
import {
  bearer,
  createIndexesIn,
  hasEnded,
  startTeamApp,
  teamEnvironment,
  workerRestarts,
  type AppProcess,
} from "@/tests/support/desk/team-app";
import { UNREACHABLE, type OutgoingMail } from "./crash-mails";

/** The process that works where a crash point is. */
export type Victim = "web" | "worker";
export type Answer = { status: number; body: Record<string, unknown>; attempts: number };

/** The clock is put forward by this after a kill. Longer than the longest lease. */
const JUMP_MS = 10 * 60_000;
const PATIENCE_MS = 60_000;
/** Where leases and due times are stored, by collection; a row that is due from some time on is leased until then. */
const LEASES = {
  inboundemails: ["dueAt", "leaseUntil"],
  emailmessages: ["dueAt", "threadDueAt", "leaseUntil"],
  emailthreads: ["cardsDueAt", "eventsDueAt", "tellDueAt"],
  bulkjobs: ["dueAt"],
  cards: ["dueAt", "leaseUntil"],
  destinations: ["leaseUntil"],
};
/** The mail server answers this long after a mail, so that a kill can come in between. */
const ANSWER_MS = 200;

/** A card that is right and only waits to be compared with its message, as after a worker that died over it. */
const IS_ONLY_CHECKED = {
  $and: [
    { $gt: ["$verifyLeft", 0] },
    { $ne: ["$syncedHash", null] },
    { $eq: ["$leaseId", null] },
    { $gte: ["$syncedRevision", "$wantedRevision"] },
  ],
};

/**
 * The real built app with its crash points, on a real mongod, a real mail server and the strict stand-in for Discord,
 * and clients that drive it from outside. Each client retries until it is answered.
 */
export class CrashDesk {
  private constructor(
    readonly database: mongoose.Connection,
    readonly mail: MailCatcher,
    readonly discord: DiscordStandIn,
    private readonly mongod: Mongod,
    private readonly env: Record<string, string>,
    private app: AppProcess,
  ) {}

  private workersKilled = 0;

  static async start(): Promise<CrashDesk> {
    const mongod = await startMongod();
    const [mail, discord] = [
      await startMailCatcher({
        answerAfterMs: ANSWER_MS,
        isUnknown: (address) => address.endsWith(`@${UNREACHABLE}`),
      }),
      await startDiscordStandIn(),
    ];
    const folder = await mkdtemp(path.join(tmpdir(), "claimdesk-crash-"));
    const env = teamEnvironment({
      MONGODB_URI: mongod.uri("crash"),
      SMTP_URL: mail.smtpUrl,
      // Test files that run at the same time each have their own range of ports.
      INBOUND_SMTP_PORT: String(await freePort(6_000 + 100 * Number(process.env.VITEST_POOL_ID))),
      DISCORD_WEBHOOK_URL: discord.webhookUrl,
      DISCORD_API_URL: discord.url,
      CRASH_AT_FILE: path.join(folder, "at"),
    });
    writeFileSync(env.CRASH_AT_FILE ?? "", "");
    await createIndexesIn(env);
    const database = await mongoose.createConnection(mongod.uri("crash")).asPromise();
    return new CrashDesk(database, mail, discord, mongod, env, await startTeamApp(env, CRASH_BUILD));
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.database.close();
    await Promise.all([this.mail.close(), this.discord.close()]);
    await this.mongod.stop();
    await rm(path.dirname(this.env.CRASH_AT_FILE ?? ""), { recursive: true });
  }

  get appUrl(): string {
    return this.env.APP_URL ?? "";
  }

  /**
   * Runs `drive` while `victim` kills itself at `point` and is started again, until `drive` has its answer and nothing
   * is due. Of the workers killed, every second takes its web process along. Fails if the victim does not end, or if
   * another process does.
   */
  async killAt<Value>(point: CrashPoint, victim: Victim, drive: () => Promise<Value>): Promise<Value> {
    await expect.poll(() => this.isWorkerBeating(), { timeout: PATIENCE_MS }).toBe(true);
    this.arm(point);
    const revived = victim === "web" ? this.reviveWeb(point) : this.reviveWorker(point);
    const [answer] = await Promise.all([drive(), revived]);
    await this.settled();
    return answer;
  }

  /** Until then the web process would file posted mail itself. */
  private async isWorkerBeating(): Promise<boolean> {
    const beating = { isRunning: true, beatAt: { $gt: new Date(Date.now() - 15_000) } };
    const rows = await this.database.collection("workers").countDocuments(beating);
    return rows > 0 && (await this.app.workerPid()) !== null;
  }

  private async reviveWeb(point: CrashPoint): Promise<void> {
    const { process: web } = this.app;
    const worker = await this.app.workerPid();
    await expect.poll(() => web.exitCode ?? web.signalCode, { timeout: PATIENCE_MS }).not.toBeNull();
    expect({ point, signal: web.signalCode }).toEqual({ point, signal: "SIGKILL" });
    this.arm("");
    // Without its web process the worker ends what it is at, and goes.
    await expect.poll(() => worker === null || hasEnded(worker), { timeout: PATIENCE_MS }).toBe(true);
    await this.jumpClock();
    this.app = await startTeamApp(this.env, CRASH_BUILD);
  }

  private async reviveWorker(point: CrashPoint): Promise<void> {
    const { process: web } = this.app;
    const worker = await this.app.workerPid();
    const restarts = await workerRestarts(this.app.url);
    await expect
      .poll(() => worker !== null && hasEnded(worker), { timeout: PATIENCE_MS, interval: 20 })
      .toBe(true);
    expect({ point, web: web.exitCode ?? web.signalCode }).toEqual({ point, web: null });
    this.workersKilled += 1;
    if (this.workersKilled % 2 === 0) {
      await this.app.stop("SIGKILL");
      this.arm("");
      await this.jumpClock();
      this.app = await startTeamApp(this.env, CRASH_BUILD);
      return;
    }
    await this.awaitNextWorker(restarts);
  }

  /** Kills the worker, and resolves once another one works. */
  async killWorker(): Promise<void> {
    const worker = await this.app.workerPid();
    if (worker === null) throw new Error("No worker runs.");
    const restarts = await workerRestarts(this.app.url);
    process.kill(worker, "SIGKILL");
    await expect.poll(() => hasEnded(worker), { interval: 20 }).toBe(true);
    await this.awaitNextWorker(restarts);
  }

  /** The next worker does not begin before the leases of the last one have run out. */
  private async awaitNextWorker(restarts: number): Promise<void> {
    const { process: web, url } = this.app;
    web.kill("SIGSTOP");
    this.arm("");
    await this.jumpClock();
    web.kill("SIGCONT");
    await expect.poll(() => workerRestarts(url), { timeout: PATIENCE_MS }).toBe(restarts + 1);
  }

  /** Sends `signal` to the process, and again, and resolves with the web's exit code once both processes are gone. */
  async end(victim: Victim, signal: NodeJS.Signals): Promise<number | null> {
    const { process: web } = this.app;
    const worker = await this.app.workerPid();
    const pid = victim === "web" ? web.pid : worker;
    if (!pid || !worker) throw new Error("A process is missing.");
    const ended = new Promise<number | null>((resolve) => web.once("exit", resolve));
    process.kill(pid, signal);
    if (signal !== "SIGKILL") process.kill(pid, signal);
    const code = await ended;
    await expect.poll(() => hasEnded(worker), { timeout: PATIENCE_MS }).toBe(true);
    return code;
  }

  async startAgain(env: Record<string, string> = {}): Promise<void> {
    this.app = await startTeamApp({ ...this.env, ...env }, CRASH_BUILD);
    await expect.poll(() => this.isWorkerBeating(), { timeout: PATIENCE_MS }).toBe(true);
  }

  async processIds(): Promise<{ web: number; worker: number }> {
    return { web: this.app.process.pid ?? 0, worker: (await this.app.workerPid()) ?? 0 };
  }

  /** Starts a second desk on the same database and the same port for mail, and waits until it ends. */
  async runAnother(): Promise<{ code: number | null; said: string }> {
    const env = { ...process.env, ...this.env, ...CRASH_BUILD, NODE_ENV: "production" as const };
    const child = spawn(process.execPath, [path.resolve("scripts", "serve.mjs"), "-p", "0"], { env });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    return { code, said };
  }

  /** Starts a second desk on the same database. */
  startAnother(env: Record<string, string> = {}): Promise<AppProcess> {
    return startTeamApp({ ...this.env, ...env }, CRASH_BUILD);
  }

  private arm(point: CrashPoint | ""): void {
    writeFileSync(this.env.CRASH_AT_FILE ?? "", point);
  }

  /**
   * Moves the ends of leases and all due times back, which to the next process is the clock put forward. So the
   * product keeps its own lease times, which are minutes. Ends the transaction that the killed process left open, as
   * the server would a minute later. Discord's waits stay: the stand-in keeps real time.
   */
  private async jumpClock(): Promise<void> {
    await this.database.db?.admin().command({ killAllSessions: [] });
    for (const [name, fields] of Object.entries(LEASES)) {
      for (const field of fields) {
        const earlier = { $set: { [field]: { $subtract: [`$${field}`, JUMP_MS] } } };
        await this.database.collection(name).updateMany({ [field]: { $type: "date" } }, [earlier]);
      }
    }
  }

  /** Waits until no follower has work left. */
  async settled(): Promise<void> {
    const count = (name: string, filter: object) => this.database.collection(name).countDocuments(filter);
    const isSet = { $type: "date" };
    const left = async () => ({
      mails: await count("inboundemails", { state: "received" }),
      replies: await count("emailmessages", {
        $or: [{ state: { $in: ["queued", "sending"] } }, { threadDueAt: isSet }],
      }),
      changes: await count("emailthreads", {
        $or: [{ cardsDueAt: isSet }, { eventsDueAt: isSet }, { tellDueAt: isSet }],
      }),
      jobs: await count("bulkjobs", { state: "running" }),
      cards: await count("cards", { dueAt: isSet, $expr: { $not: [IS_ONLY_CHECKED] } }),
    });
    const nothing = { mails: 0, replies: 0, changes: 0, jobs: 0, cards: 0 };
    await expect.poll(left, { timeout: PATIENCE_MS, interval: 50 }).toEqual(nothing);
  }

  /** Asks as the browser of `slug`, and retries until there is an answer. */
  ask(slug: string, route: string, body?: unknown, key?: string): Promise<Answer> {
    return untilAnswered(async () => {
      const response = await fetch(`${this.app.url}${route}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          authorization: bearer(slug),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      // 503 means "ask again"; anything else is the answer, which is an object on every route.
      return response.status === 503
        ? null
        : { status: response.status, body: (await response.json()) as Record<string, unknown> };
    });
  }

  /** Sends the mail by HTTP until it is taken. */
  async post({ raw }: OutgoingMail): Promise<void> {
    const { status } = await untilAnswered(async () => {
      const response = await fetch(`${this.app.url}/api/emails/inbound`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${this.env.INBOUND_SECRET}`,
          "content-type": "message/rfc822",
        },
        body: new Uint8Array(raw),
      });
      return response.status === 503 ? null : { status: response.status, body: {} };
    });
    expect(status).toBe(202);
  }

  /** Sends the mail by SMTP until it is taken. */
  async deliver({ raw, from }: OutgoingMail): Promise<void> {
    const server = { host: "127.0.0.1", port: Number(this.env.INBOUND_SMTP_PORT), ignoreTLS: true };
    await untilAnswered(async () => {
      const transport = createTransport(server);
      await transport.sendMail({ envelope: { from, to: ["support@desk.example"] }, raw });
      transport.close();
      return { status: 250, body: {} };
    });
  }
}

/** Retries `attempt` until it is answered, as every good client does. Returns the answer and the number of attempts. */
async function untilAnswered(attempt: () => Promise<Omit<Answer, "attempts"> | null>): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const answer = await attempt();
      if (answer) return { ...answer, attempts };
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error("Nobody answered for a minute.");
    await wait(100);
  }
}
