// `npm run bench`: measures the desk against floors in one run, prints the tables and whether each goal is reached, and
// writes them to docs/performance.md. `--short` takes a minute and writes nothing; `--only` names parts of it;
// `--profile` takes CPU profiles. See docs/performance.md.
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { startMongod } from "@/scripts/mongod";
import { buildIfStale } from "@/scripts/build.mjs";
import { measureDepth } from "./depth";
import { startBenchDesk, type BenchDesk } from "./desk";
import { startLoad, type Load } from "./load";
import { readMemory } from "./memory";
import { collectGarbage, INSPECTED_ENVIRONMENT } from "./profile";
import { measureQueues } from "./queues";
import { writeReport, reportOf, type Results } from "./report";
import { measureRound, openWindows, wholeClaim, type Bench, type Round } from "./requests";
import { seedThreads, Stock } from "./seed";
import { clerkEnvironment, clerkSessions } from "./sessions";
import { startPeers, type Peers } from "./start-peers";
import { measureWindows } from "./windows";

const NAMES = ["requests", "depth", "windows", "queues"] as const;
type Part = (typeof NAMES)[number];
const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string" },
    profile: { type: "string" },
  },
});
const parts: readonly string[] = options.only?.split(",") ?? (options.short ? ["requests"] : NAMES);
const isWhole = !options.short && NAMES.every((part) => parts.includes(part));

/** Rounds for each number of clients, without and with live windows. */
const PLAN = options.short
  ? [
      { clients: 1, withWindows: false, rounds: 3 },
      { clients: 64, withWindows: false, rounds: 3 },
    ]
  : [
      { clients: 1, withWindows: false, rounds: 5 },
      { clients: 16, withWindows: false, rounds: 3 },
      { clients: 64, withWindows: false, rounds: 5 },
      { clients: 1, withWindows: true, rounds: 3 },
      { clients: 16, withWindows: true, rounds: 3 },
      { clients: 64, withWindows: true, rounds: 3 },
    ];
const SLICE_MS = options.short ? 500 : 1_200;
const TICKETS = 10_000;
const REST_MS = options.short ? 5_000 : 30_000;
/** Until V8 has compiled what runs often. */
const WARM_UP_ROUNDS = options.short ? 1 : 3;

const isPart = (name: string): name is Part => NAMES.some((part) => part === name);
const report = (step: string) => console.log(`• ${step} …`);

async function main(): Promise<void> {
  const [loadBefore = 0] = loadavg();
  buildIfStale(report, "pipe");
  const startedAt = new Date();
  const mongod = await startMongod();
  const peers = await startPeers();
  const load = startLoad();
  const results: Results = { startedAt, loadBefore };
  try {
    for (const part of parts.filter(isPart)) {
      // A database of its own: what one part deletes would slow down the next.
      const uri = mongod.uri(`bench_${part}`);
      await prepare(uri);
      await PARTS[part]({ uri, peers, load, results });
      await disconnectDb();
    }
  } finally {
    load.stop();
    peers.stop();
    await mongod.stop();
  }
  results.tookMs = Date.now() - startedAt.getTime();
  console.log(`\n${reportOf(results)}`);
  if (isWhole) writeReport(results);
}

async function prepare(uri: string): Promise<void> {
  // The bench calls functions of the desk itself, which read the environment.
  Object.assign(process.env, {
    MONGODB_URI: uri,
    AUTH_MODE: "demo",
    SUPPORT_ADDRESS: "support@desk.example",
  });
  // It notes the commands that the desk's lists send.
  await connectDb(`${uri}&monitorCommands=true`);
  await createIndexes();
}

type Run = { uri: string; peers: Peers; load: Load; results: Results };

/** The desk as a team has it, with sessions as Clerk issues them. */
function startClerkDesk({ uri, peers }: Run): Promise<BenchDesk> {
  return startBenchDesk(uri, clerkEnvironment(), { SMTP_URL: peers.smtpUrl, ...INSPECTED_ENVIRONMENT });
}

const PARTS: Record<Part, (run: Run) => Promise<void>> = {
  requests: async (run) => {
    await seedThreads(TICKETS);
    const desk = await startClerkDesk(run);
    const bench = { ...run, desk, stock: new Stock(), sessions: clerkSessions(desk.url), sliceMs: SLICE_MS };
    try {
      await wait(3_000);
      const memory = [readMemory("started", desk)];
      report("Warming up");
      for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await measureRound(bench, 16, undefined);
      run.results.requests = await measureRequests(bench);
      memory.push(readMemory("after load", desk));
      run.results.wholeClaim = await wholeClaim(bench, options.short ? 200 : 1_000);
      await wait(REST_MS);
      memory.push(readMemory(`${REST_MS / 1_000} s later`, desk));
      await collectGarbage(desk.pid);
      await wait(2_000);
      run.results.memory = [...memory, readMemory("after a garbage collection of the web process", desk)];
    } finally {
      await desk.stop();
    }
  },
  depth: async (run) => {
    report("Depth 100,000 against page 1");
    const desk = await startClerkDesk(run);
    run.results.depth = await measureDepth(desk, run.load, clerkSessions(desk.url)).finally(desk.stop);
  },
  windows: async ({ uri, peers, results }) => {
    report("What a change costs open windows");
    await seedThreads(1_000);
    const desk = await startBenchDesk(uri, undefined, { SMTP_URL: peers.smtpUrl });
    results.windows = await measureWindows(desk).finally(desk.stop);
  },
  queues: async ({ uri, peers, results }) => {
    report("Queues with 1, 2 and 4 workers");
    results.queues = await measureQueues(uri, peers);
  },
};

async function measureRequests(bench: Bench): Promise<NonNullable<Results["requests"]>> {
  const measured: NonNullable<Results["requests"]> = [];
  const windows = startLoad();
  for (const { clients, withWindows, rounds: count } of PLAN) {
    report(`${clients} clients${withWindows ? " with 50 live windows" : ""}`);
    const rounds: Round[] = [];
    for (let round = 0; round < count; round += 1) {
      // Anew each time: a session lasts a minute, and a live stream ends after five.
      if (withWindows) await openWindows(bench, windows);
      const profile = round === count - 1 ? options.profile : undefined;
      rounds.push(await measureRound({ ...bench, profile }, clients, rounds.at(-1)));
    }
    if (withWindows) await openWindows(bench, windows, 0);
    measured.push({ clients, withWindows, rounds });
  }
  windows.stop();
  return measured;
}

// So that the processes it started end too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
