import "server-only";
import { env, isProduction } from "@/lib/env";
import { shareWithServer } from "@/lib/http/page-pace";
import { checkEnvironment, connectAtStart } from "./environment";
import { describeFeatures } from "./features";
import { registerGauges } from "./gauges";
import { registerWorkerMetrics } from "./metrics";
import { startFollowers } from "@/lib/process/followers";
import { ownWorker } from "@/lib/process/own-worker";
import { upkeepStep } from "@/lib/process/upkeep";
import { endLiveStreams } from "@/lib/live/stream";
import { log, logAllOutput } from "@/lib/log";
import { running } from "@/lib/process/running";

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
