// `npm run bench`: the claim against two floors, measured in turns in one run: A is an empty route of the same server, B
// the driver's bare conditional write. `--short` takes a minute.
import { parseArgs } from "node:util";
import mongoose from "mongoose";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { createIndexes } from "@/lib/store/indexes";
import { startMongod } from "@/scripts/mongod";
import { buildIfStale } from "@/scripts/build.mjs";
import { startBenchDesk } from "./desk";
import { median } from "./figures";
import { startLoad } from "./load";
import { PROFILED_ENVIRONMENT } from "./profile";
import { bothFloors, claimRound, medianOf, type Bench, type Round } from "./requests";
import { seedThreads } from "./seed";
import { clerkEnvironment, clerkSessions } from "./sessions";

const { values: options } = parseArgs({
  options: { short: { type: "boolean", default: false }, profile: { type: "string" } },
});
const ROUNDS = options.short ? 3 : 7;
const SLICE_MS = options.short ? 1_500 : 3_000;

async function main(): Promise<void> {
  buildIfStale(console.log, "pipe");
  const mongod = await startMongod();
  const load = startLoad();
  try {
    const uri = mongod.uri("bench");
    await prepare(uri);
    const desk = await startBenchDesk(uri, {
      ...clerkEnvironment(),
      ...(options.profile ? PROFILED_ENVIRONMENT : {}),
    });
    const bench: Bench = {
      desk,
      load,
      uri,
      sessions: clerkSessions(desk.url),
      sliceMs: SLICE_MS,
      profile: null,
    };
    await claimRound({ ...bench, sliceMs: 1_500 }, 16); // not measured: code is compiled and caches fill
    for (const clients of [1, 64]) {
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const isLast = round === ROUNDS - 1;
        rounds.push(
          await claimRound({ ...bench, profile: isLast ? (options.profile ?? null) : null }, clients),
        );
      }
      print(clients, rounds);
    }
    await desk.stop();
    await mongoose.disconnect();
  } finally {
    load.stop();
    await mongod.stop();
  }
}

async function prepare(uri: string): Promise<void> {
  await connectDb(uri);
  await createIndexes();
  await disconnectDb();
  // Without the desk's options and checks, so that seeding is fast.
  await mongoose.connect(uri, { writeConcern: { w: "majority" }, autoCreate: false, autoIndex: false });
  await seedThreads(1_000);
}

function print(clients: number, rounds: Round[]): void {
  const row = (what: string, pick: (round: Round) => Round["a"] | undefined) => {
    const figure = (value: (slice: Round["a"]) => number, digits: number) =>
      medianOf(rounds, (round) => {
        const slice = pick(round);
        return slice ? value(slice) : 0;
      }).toFixed(digits);
    const cpu = (["load", "web", "worker", "database"] as const).map((name) =>
      figure(({ cpu }) => cpu[name], 2),
    );
    console.log(
      `${String(clients).padStart(3)} ${what.padEnd(8)} ${figure((s) => s.perSecond, 0).padStart(6)}/s  p50 ${figure((s) => s.p50Ms, 2)}  p95 ${figure((s) => s.p95Ms, 2)} ms  CPU ms each: load ${cpu[0]} web ${cpu[1]} worker ${cpu[2]} database ${cpu[3]}`,
    );
  };
  row("A", ({ a }) => a);
  row("B", ({ b }) => b);
  row("claim", ({ measured }) => measured.claim);
  const rate = rounds.map((round) => (round.measured.claim?.perSecond ?? 0) / bothFloors(round));
  const time = rounds.map((round) => (round.measured.claim?.p50Ms ?? 0) / (round.a.p50Ms + round.b.p50Ms));
  const spread = (values: number[]) =>
    `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`;
  console.log(`    claim is ${spread(rate)} of 1/(1/A + 1/B); p50 is ${spread(time)} × (A + B)`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
