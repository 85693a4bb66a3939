import "server-only";
import { connectDb } from "@/lib/store/db";
import { env, EnvError, isProduction } from "@/lib/env";
import { shareWithServer } from "@/lib/http/page-pace";
import { describeFeatures } from "./features";
import { registerGauges } from "./gauges";
import { registerWorkerMetrics } from "./metrics";
import { startFollowers } from "@/lib/process/followers";
import { ownWorker } from "@/lib/process/own-worker";
import { upkeepStep } from "@/lib/process/upkeep";
import { endLiveStreams } from "@/lib/live/stream";
import { log, logAllOutput } from "@/lib/log";
import { running } from "@/lib/process/running";

/** Exit code for an unusable configuration (EX_CONFIG of sysexits.h): a supervisor should not restart it. */
const EXIT_CONFIG = 78;

/**
 * Starts what the web process runs besides requests: the upkeep of the database, if no worker of its own does that. A
 * second call does nothing. Ends the process, with one message that lists every problem, if the environment is unusable.
 */
export async function startWebProcess(): Promise<void> {
  checkEnvironment();
  if (running.stop) return;
  if (isProduction()) logAllOutput();
  registerGauges();
  registerWorkerMetrics();
  shareWithServer();
  const stopUpkeep = startFollowers(ownWorker() ? [] : [{ name: "upkeep", step: upkeepStep }]);
  running.stop = async () => {
    running.isStopping = true;
    endLiveStreams();
    await stopUpkeep();
  };
  await connectAtStart();
  for (const feature of describeFeatures(env())) log.info(feature, feature.on ? "feature on" : "feature off");
}

/** Connects to the database. If it is away, that is logged, and the next use of it tries again. */
export async function connectAtStart(): Promise<void> {
  await connectDb().catch((error: unknown) => log.warn({ err: error }, "database away at start; will retry"));
}

/** Ends the process, with one message that lists every problem, if the environment is unusable. */
export function checkEnvironment(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    refuseToStart(error.problems);
  }
}

export function refuseToStart(problems: string[]): never {
  process.stderr.write(`${new EnvError(problems).message}\n`);
  process.exit(EXIT_CONFIG);
}
