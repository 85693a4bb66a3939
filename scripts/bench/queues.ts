import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { INBOUND_SECRET } from "./desk";
import { LATER, queueCases, type QueueCase } from "./queue-cases";
import type { Peers } from "./start-peers";

const root = path.resolve(import.meta.dirname, "..", "..");
export const WORKERS = [1, 2, 4];
/** Rows are due this long after they were stored, so that every worker has found its pace by then; in milliseconds. */
const HEAD_START_MS = 1_500;
const MEASURED_MS = 4_000;
const LOOK_EVERY_MS = 100;

/** Rows that were done in a second, by number of workers. */
export type QueueFigures = { queue: QueueCase; perSecond: Record<number, number> };

/** How fast 1, 2 and 4 workers, each a process of its own, work off each queue. The database must be empty. */
export async function measureQueues(uri: string, peers: Peers): Promise<QueueFigures[]> {
  const figures = queueCases(peers).map((queue): QueueFigures => ({ queue, perSecond: {} }));
  for (const count of WORKERS) {
    for (const hasCards of [false, true]) {
      const workers = await startWorkers(count, uri, peers, hasCards);
      try {
        for (const { queue, perSecond } of figures.filter((figure) => figure.queue.hasCards === hasCards)) {
          perSecond[count] = await measureQueue(queue);
        }
      } finally {
        await stopWorkers(workers);
      }
    }
  }
  return figures;
}

async function measureQueue(queue: QueueCase): Promise<number> {
  await emptyDatabase();
  await queue.fill(queue.rows);
  const startAt = Date.now() + HEAD_START_MS;
  await queue.makeDue(new Date(startAt));
  await wait(Math.max(0, startAt - Date.now()));
  const seen: { atMs: number; left: number }[] = [];
  const deadline = performance.now() + queue.sweepMs + MEASURED_MS;
  while (performance.now() < deadline) {
    seen.push({ left: await queue.left(), atMs: performance.now() });
    if (seen.at(-1)?.left === 0) break;
    await wait(LOOK_EVERY_MS);
  }
  await queue.makeDue(LATER);
  await wait(1_000); // what is under way ends
  return rateOf(seen, queue);
}

/** Rows done in a second, once every worker has looked, or from the first row on if all were done by then. */
function rateOf(seen: { atMs: number; left: number }[], { name, rows, sweepMs }: QueueCase): number {
  const end = seen.at(-1);
  const measured = seen.filter(({ atMs }) => atMs >= (seen[0]?.atMs ?? 0) + sweepMs);
  const start = measured.length > 1 ? measured[0] : (seen.findLast(({ left }) => left === rows) ?? seen[0]);
  if (!start || !end || end.left === rows) console.error(`Nothing was done in the queue ${name}.`);
  return start && end ? ((start.left - end.left) / Math.max(1, end.atMs - start.atMs)) * 1_000 : 0;
}

async function emptyDatabase(): Promise<void> {
  const collections = (await mongoose.connection.db?.collections()) ?? [];
  await Promise.all(
    collections
      .filter(({ collectionName }) => !/^(workers|system\.)/.test(collectionName))
      .map((collection) => collection.deleteMany({})),
  );
}

async function startWorkers(
  count: number,
  uri: string,
  peers: Peers,
  hasCards: boolean,
): Promise<ChildProcess[]> {
  const workers = mongoose.connection.collection("workers");
  await workers.deleteMany({});
  const env = {
    ...process.env,
    ...{ MONGODB_URI: uri, APP_URL: "http://localhost:4890", SUPPORT_ADDRESS: "support@desk.example" },
    ...{ AUTH_MODE: "demo", INBOUND_SECRET, SMTP_URL: peers.slowSmtpUrl, LOG_LEVEL: "error" },
    ...(hasCards ? { DISCORD_WEBHOOK_URL: peers.webhookUrl, DISCORD_API_URL: peers.discordUrl } : {}),
  };
  const started = Array.from({ length: count }, () =>
    // As `npm run worker`, in a process group of its own, so that all of it can be stopped.
    spawn("sh", ["-c", workerCommand()], {
      cwd: root,
      env,
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
    }),
  );
  process.once("exit", () => started.forEach(kill));
  const deadline = performance.now() + 60_000;
  while ((await workers.countDocuments({})) < count) {
    if (performance.now() > deadline) throw new Error("The workers did not start within a minute.");
    await wait(100);
  }
  return started;
}

function workerCommand(): string {
  const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    scripts: { worker: string };
  };
  return scripts.worker;
}

async function stopWorkers(workers: ChildProcess[]): Promise<void> {
  await Promise.all(
    workers.map(async (worker) => {
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      if (kill(worker)) await ended;
    }),
  );
}

/** Tells the worker's process group to end; false if it has ended. */
function kill({ pid, exitCode, signalCode }: ChildProcess): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  return process.kill(-pid, "SIGTERM");
}
