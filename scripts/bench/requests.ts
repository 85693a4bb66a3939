import { childrenOf, cpuMsOf, ownMongod } from "./processes";
import type { BenchDesk } from "./desk";
import { median } from "./figures";
import type { Job, Load, Outcome } from "./load";
import { profiled } from "./profile";
import { addClaimable, settleThreads } from "./seed";

/** One measurement: what the load saw, and the CPU of each process for each request, in milliseconds. */
export type Slice = Outcome & { cpu: { load: number; web: number; worker: number; database: number } };
export type Floors = { a: Slice; b: Slice };
export type Round = Floors & { measured: Record<string, Slice> };

export type Bench = {
  desk: BenchDesk;
  load: Load;
  uri: string;
  /** Cookies of the members' sessions, valid for a while. */
  sessions: () => string[];
  /** Length of one measurement, in milliseconds. */
  sliceMs: number;
  /** Name of the measurement of which to take a CPU profile. */
  profile: string | null;
};

/** Room for the fastest claims that a measurement could make, for each second. */
const CLAIMS_PER_SECOND_MAX = 3_000;

/** Runs `job` and adds up the CPU of the desk's processes meanwhile. */
export async function slice(bench: Bench, name: string, job: Job): Promise<Slice> {
  const { pid } = bench.desk;
  const mongod = ownMongod();
  const workers = childrenOf(pid);
  const cpu = () => ({
    web: cpuMsOf(pid),
    worker: workers.reduce((sum, worker) => sum + cpuMsOf(worker), 0),
    database: cpuMsOf(mongod),
  });
  const before = cpu();
  const run = () => bench.load.run(job);
  const outcome = await (bench.profile === name ? profiled(pid, `${name}-${job.clients}`, run) : run());
  const after = cpu();
  const each = (used: number) => used / Math.max(1, outcome.turns);
  return {
    ...outcome,
    cpu: {
      load: each(outcome.cpuMs),
      web: each(after.web - before.web),
      worker: each(after.worker - before.worker),
      database: each(after.database - before.database),
    },
  };
}

/** Floor A (an empty route of the same server), floor B (the driver's bare conditional write) and the claim. */
export async function claimRound(bench: Bench, clients: number): Promise<Round> {
  const { sliceMs } = bench;
  const room = Math.ceil((CLAIMS_PER_SECOND_MAX * sliceMs) / 1_000);
  const forWrites = await addClaimable(room);
  const forClaims = await addClaimable(room);
  const a = await slice(bench, "floor-a", httpJob(bench, clients, "GET", "/api/health/live"));
  const b = await slice(bench, "floor-b", {
    kind: "write",
    uri: bench.uri,
    ids: forWrites,
    clients,
    forMs: sliceMs,
  });
  const claim = await slice(bench, "claim", {
    ...httpJob(bench, clients, "POST", "/api/emails/claim"),
    bodies: forClaims.map((threadId) => JSON.stringify({ threadId })),
  });
  await settleThreads();
  return { a, b, measured: { claim } };
}

function httpJob(bench: Bench, clients: number, method: "GET" | "POST", path: string) {
  const { desk, sessions, sliceMs: forMs } = bench;
  return { kind: "http" as const, origin: desk.url, method, path, cookies: sessions(), clients, forMs };
}

/** The rate at which one request after the other would do both floors. */
export function bothFloors({ a, b }: Floors): number {
  return 1 / (1 / a.perSecond + 1 / b.perSecond);
}

export function medianOf(rounds: Round[], pick: (round: Round) => number): number {
  return median(rounds.map(pick));
}
