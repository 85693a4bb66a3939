// The process that makes the load, so that its own work is neither in the server's event loop nor in the benchmark's.
import mongoose, { type mongo } from "mongoose";
import { Connection, type Answer } from "./connection";
import { quantile } from "./figures";
import type { Job, Outcome } from "./load";

const { BSON, MongoClient, ObjectId } = mongoose.mongo;
type HttpJob = Extract<Job, { kind: "http" }>;
type Turn = (turn: number) => Promise<Answer>;

let client: mongo.MongoClient | null = null;
let windows: Connection[] = [];

process.on("message", (job: Job) => {
  run(job).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

async function run(job: Job): Promise<Outcome> {
  switch (job.kind) {
    case "http": {
      const connections = await openConnections(job.origin, job.clients);
      const outcome = await measure(job, job.bodies?.length ?? Infinity, (loop) => {
        const connection = connections[loop];
        if (!connection) throw new Error(`No connection ${loop}`);
        return (turn) => connection.send(requestOf(job, turn));
      });
      for (const connection of connections) connection.close();
      return outcome;
    }
    case "write": {
      const threads = (await database(job.uri)).collection("emailthreads");
      return measure(job, job.ids.length, () => async (turn) => {
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
      const { commands } = BSON.deserialize(job.commands) as { commands: mongo.Document[] };
      return measure(job, Infinity, () => async () => {
        await Promise.all(commands.map((command) => read(db, command)));
        return { status: 200, bytes: 0 };
      });
    }
    case "windows":
      return keepWindows(job.origin, job.cookies);
  }
}

function openConnections(origin: string, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(origin)));
}

/** A command as the desk sent it, again through the driver. */
function read(db: mongo.Db, command: mongo.Document): Promise<unknown[]> {
  if (command.aggregate) return db.collection(command.aggregate).aggregate(command.pipeline).toArray();
  const { find, filter, projection, sort, limit } = command;
  return db.collection(find).find(filter, { projection, sort, limit }).toArray();
}

async function database(uri: string): Promise<mongo.Db> {
  client ??= await new MongoClient(uri, { maxPoolSize: 64, writeConcern: { w: "majority" } }).connect();
  return client.db(new URL(uri).pathname.slice(1));
}

async function keepWindows(origin: string, cookies: string[]): Promise<Outcome> {
  for (const window of windows) window.close();
  windows = await openConnections(origin, cookies.length);
  const statuses: Record<number, number> = {};
  await Promise.all(
    windows.map(async (window, index) => {
      const status = await window.stream(head("GET", "/api/live", origin, cookies[index]));
      statuses[status] = (statuses[status] ?? 0) + 1;
    }),
  );
  return { turns: 0, elapsedMs: 0, p50Ms: 0, p95Ms: 0, perSecond: 0, bytesEach: 0, cpuMs: 0, statuses };
}

function requestOf({ method, path, origin, cookies, cookieOf, bodies }: HttpJob, turn: number): string {
  const cookie = cookies[(cookieOf?.[turn] ?? turn) % Math.max(1, cookies.length)];
  const body = bodies?.[turn];
  return head(method, path, origin, cookie, body) + (body ?? "");
}

function head(method: string, path: string, origin: string, cookie?: string, body?: string): string {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(origin).host}`,
    "accept: */*",
    "accept-encoding: gzip, deflate, br, zstd",
    ...(cookie ? [`cookie: ${cookie}`] : []),
    ...(body
      ? [`origin: ${origin}`, "content-type: application/json", `content-length: ${Buffer.byteLength(body)}`]
      : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Runs loops until the time or the turns are over. */
async function measure(job: Job, turnsMax: number, loopOf: (loop: number) => Turn): Promise<Outcome> {
  const tookMs: number[] = [];
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
