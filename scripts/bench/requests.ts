import { setTimeout as wait } from "node:timers/promises";
import mongoose from "mongoose";
import { childrenOf, cpuMsOf, ownMongod } from "./processes";
import type { BenchDesk } from "./desk";
import { median } from "./figures";
import { commandsOf, READS, type ReadName } from "./floors";
import type { Job, Load, Outcome } from "./load";
import { profiled } from "./profile";
import { settleThreads, threads, type Stock } from "./seed";
import { MEMBERS } from "./sessions";

/** CPU of each process for one request, in milliseconds. */
export type Cpu = { load: number; web: number; worker: number; database: number };
/** One measurement. */
export type Slice = Outcome & { cpu: Cpu };
/** One measurement of each kind, taken one after the other; a ratio is taken within a round. */
export type Round = Record<string, Slice>;

export type Bench = {
  desk: BenchDesk;
  load: Load;
  stock: Stock;
  uri: string;
  /** Cookies of the members' sessions, valid for a while. */
  sessions: () => string[];
  /** Length of one measurement, in milliseconds. */
  sliceMs: number;
  /** Name of the measurement of which to take a CPU profile. */
  profile?: string | undefined;
};

/** Runs `job` and adds up the CPU of the desk's processes meanwhile. */
async function slice(bench: Bench, name: string, job: Job): Promise<Slice> {
  const cpu = desksCpu(bench.desk);
  const run = () => bench.load.run(job);
  const outcome = await (bench.profile === name
    ? profiled(bench.desk.pid, `${name.replaceAll(" ", "-")}-${job.clients}`, run)
    : run());
  return { ...outcome, cpu: { load: outcome.cpuMs / Math.max(1, outcome.turns), ...cpu(outcome.turns) } };
}

/** Reads the CPU of the desk's processes now. The returned function tells how much was used since, for each of `turns`. */
function desksCpu({ pid }: BenchDesk): (turns: number) => Omit<Cpu, "load"> {
  const mongod = ownMongod();
  const workers = childrenOf(pid);
  const read = () => ({
    web: cpuMsOf(pid),
    worker: workers.reduce((sum, worker) => sum + cpuMsOf(worker), 0),
    database: cpuMsOf(mongod),
  });
  const before = read();
  return (turns) => {
    const after = read();
    const each = (name: keyof typeof before) => (after[name] - before[name]) / Math.max(1, turns);
    return { web: each("web"), worker: each("worker"), database: each("database") };
  };
}

/** Tickets that a measurement needs for each second, until an earlier round has told better. */
const CHANGES_PER_SECOND = 1_500;

/**
 * Measures in turns: floor A (an empty route of the same server), floor B (the driver's bare conditional write), claim,
 * unclaim and reply, then the floors of each list, the driver's own reads of the same rows, beside the list.
 */
export async function measureRound(bench: Bench, clients: number, last: Round | undefined): Promise<Round> {
  const { sliceMs, sessions, uri, desk, stock } = bench;
  const roomFor = (name: string) =>
    Math.ceil(((last?.[name]?.perSecond ?? CHANGES_PER_SECOND) * 2 * sliceMs) / 1_000) + 100;
  const forB = await stock.take(roomFor("B"));
  const forClaims = await stock.take(roomFor("claim"));
  const forReplies = await stock.take(roomFor("reply"));
  await wait(200); // the live windows hear of the new tickets

  const common = { kind: "http" as const, origin: desk.url, clients, forMs: sliceMs };
  const get = (path: string) => ({ ...common, method: "GET" as const, path, cookies: sessions() });
  const post = (path: string, bodies: string[]) => ({
    ...common,
    ...{ method: "POST" as const, path, bodies, cookies: sessions() },
  });
  const floorA = () => slice(bench, "A", { ...get("/api/health/live"), cookies: [] });
  const rounds: Round = {};

  rounds.A = await floorA();
  rounds.B = await slice(bench, "B", { kind: "write", uri, ids: forB, clients, forMs: sliceMs });
  const claim = post("/api/emails/claim", forClaims.map(threadBody));
  rounds.claim = await slice(bench, "claim", claim);
  await settleThreads();
  // Each by the member who has claimed it.
  const unclaim = post("/api/emails/unclaim", forClaims.slice(0, rounds.claim.turns).map(threadBody));
  rounds.unclaim = await slice(bench, "unclaim", unclaim);
  await settleThreads();
  const reply = post("/api/emails/reply", forReplies.map(replyBody));
  rounds.reply = await slice(bench, "reply", reply);
  await settleReplies();
  await settleThreads();

  rounds["A again"] = await floorA();
  for (const name of Object.keys(READS) as ReadName[]) {
    const { path, ask } = READS[name];
    const commands = await commandsOf(ask);
    rounds[`driver's ${name}`] = await slice(bench, "", {
      kind: "read",
      uri,
      commands,
      clients,
      forMs: sliceMs,
    });
    rounds[name] = await slice(bench, name, get(path));
  }
  stock.giveBack(forB.slice(rounds.B.turns));
  stock.giveBack(forClaims.slice(rounds.claim.turns));
  stock.giveBack(forReplies.slice(rounds.reply.turns));
  return rounds;
}

const threadBody = (threadId: string) => JSON.stringify({ threadId });
const replyBody = (threadId: string) =>
  JSON.stringify({
    threadId,
    text: "Thank you for your question. The invoice is corrected now.",
    idempotencyKey: threadId,
  });

/** Waits until every accepted reply is sent. */
async function settleReplies(): Promise<void> {
  const messages = mongoose.connection.collection("emailmessages");
  const deadline = performance.now() + 15_000;
  while (await messages.findOne({ state: { $in: ["queued", "sending"] } })) {
    if (performance.now() > deadline) throw new Error("Replies were not delivered within 15 s.");
    await wait(50);
  }
}

/** CPU for one claim with all that follows it: the history is copied and no card is due when it ends. */
export async function wholeClaim(bench: Bench, count: number): Promise<Omit<Cpu, "load">> {
  const ids = await bench.stock.take(count);
  const cpu = desksCpu(bench.desk);
  await bench.load.run({
    ...{ kind: "http", origin: bench.desk.url, method: "POST", path: "/api/emails/claim" },
    ...{ cookies: bench.sessions(), bodies: ids.map(threadBody), clients: 8, forMs: 60_000 },
  });
  while (await threads().findOne({ eventsDueAt: { $type: "date" } })) await wait(50);
  const used = cpu(count);
  await settleThreads();
  return used;
}

/** The rate at which one request after the other would do both. */
export function bothRates(a: Slice, b: Slice): number {
  return 1 / (1 / a.perSecond + 1 / b.perSecond);
}

export function medianOf(rounds: Round[], name: string, pick: (slice: Slice) => number): number {
  return median(rounds.flatMap((round) => (round[name] ? [pick(round[name])] : [])));
}

/** Median, least and most. */
export type Spread = { median: number; least: number; most: number };

export function spreadOf(values: number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

const CHANGES = ["claim", "unclaim", "reply"];

/** What `name` is compared with: floor A of its part of the round, and the write or read inside it; null for a floor. */
export function floorsOf(round: Round, name: string): { a: Slice; b: Slice } | null {
  const isRead = name in READS;
  if (!isRead && !CHANGES.includes(name)) return null;
  const a = isRead ? round["A again"] : round.A;
  const b = isRead ? round[`driver's ${name}`] : round.B;
  return a && b ? { a, b } : null;
}

/** Opens a live window for each member, and closes all of them with 0. */
export async function openWindows(bench: Bench, windows: Load, count = MEMBERS): Promise<void> {
  const cookies = bench.sessions().slice(0, count);
  await windows.run({ kind: "windows", origin: bench.desk.url, cookies, clients: 0, forMs: 0 });
}
