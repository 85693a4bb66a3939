// The process that makes the load, so that its own work is neither in the server's event loop nor in the benchmark's.
import mongoose, { type mongo } from "mongoose";
import { Connection } from "./connection";
import type { Job, Outcome, Query } from "./load";
import { quantile } from "./figures";

const { MongoClient, ObjectId } = mongoose.mongo;
let client: mongo.MongoClient | null = null;

type Turn = (turn: number) => Promise<{ status: number; bytes: number }>;

process.on("message", (job: Job) => {
  run(job).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

async function run(job: Job): Promise<Outcome> {
  switch (job.kind) {
    case "http": {
      const connections = await Promise.all(
        Array.from({ length: job.clients }, () => Connection.open(job.origin)),
      );
      const outcome = await measure(job, (loop) => (turn) => {
        const connection = connections[loop];
        if (!connection) throw new Error(`No connection ${loop}`);
        return connection.send(requestOf(job, turn));
      });
      for (const connection of connections) connection.close();
      return outcome;
    }
    case "write": {
      const threads = (await database(job.uri)).collection("emailthreads");
      return measure(job, () => async (turn) => {
        const won = await threads.findOneAndUpdate(
          { _id: new ObjectId(job.ids[turn]), assignedTo: null },
          { $set: { assignedTo: "baseline", claimedAt: new Date() } },
          { projection: { _id: 1 } },
        );
        return { status: won ? 200 : 409, bytes: 0 };
      });
    }
    case "read": {
      const db = await database(job.uri);
      return measure(job, () => async () => {
        const rows = await Promise.all(job.queries.map((query) => read(db, query)));
        return { status: rows.every((count) => count > 0) ? 200 : 404, bytes: 0 };
      });
    }
  }
}

async function read(db: mongo.Db, query: Query): Promise<number> {
  const threads = db.collection("emailthreads");
  if (query.countUpTo !== undefined) return threads.countDocuments(query.filter, { limit: query.countUpTo });
  const rows = await threads
    .find(query.filter, { projection: query.projection ?? {} })
    .sort(query.sort ?? {})
    .limit(query.limit ?? 0)
    .toArray();
  return rows.length;
}

async function database(uri: string): Promise<mongo.Db> {
  client ??= await new MongoClient(uri, { maxPoolSize: 64, writeConcern: { w: "majority" } }).connect();
  return client.db(new URL(uri).pathname.slice(1));
}

function requestOf(job: Extract<Job, { kind: "http" }>, turn: number): string {
  const cookie = job.cookies[(job.cookieOf?.[turn] ?? turn) % Math.max(1, job.cookies.length)];
  const { host } = new URL(job.origin);
  const head = [
    `${job.method} ${job.path} HTTP/1.1`,
    `host: ${host}`,
    "accept: application/json",
    "accept-encoding: gzip, deflate, br",
    ...(cookie ? [`cookie: ${cookie}`] : []),
  ];
  if (job.method === "GET") return `${head.join("\r\n")}\r\n\r\n`;
  const body = job.bodies?.[turn] ?? "";
  head.push(`origin: ${job.origin}`, "content-type: application/json", `content-length: ${body.length}`);
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}

/** Runs loops until the time or the turns are over. */
async function measure(job: Job, loopOf: (loop: number) => Turn): Promise<Outcome> {
  const tookMs: number[] = [];
  const turnsMax = turnsOf(job);
  const statuses: Record<number, number> = {};
  let bytes = 0;
  let turns = 0;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const deadline = started + job.forMs;
  await Promise.all(
    Array.from({ length: job.clients }, async (_, loop) => {
      const take = loopOf(loop);
      while (turns < turnsMax && performance.now() < deadline) {
        const turn = turns;
        turns += 1;
        const begun = performance.now();
        const answer = await take(turn);
        tookMs.push(performance.now() - begun);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        bytes += answer.bytes;
      }
    }),
  );
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    turns,
    elapsedMs,
    p50Ms: quantile(tookMs, 0.5),
    p95Ms: quantile(tookMs, 0.95),
    perSecond: (turns / elapsedMs) * 1_000,
    bytesEach: bytes / Math.max(1, turns),
    cpuMs: (user + system) / 1_000,
    statuses,
  };
}

function turnsOf(job: Job): number {
  if (job.kind === "write") return job.ids.length;
  return job.kind === "http" && job.bodies ? job.bodies.length : Infinity;
}
