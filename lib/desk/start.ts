import "server-only";
import { connectDb } from "@/lib/store/db";
import { FOLLOWERS } from "./followers";
import { startSmtpReceiver } from "@/lib/inbound/receiver";
import { env, EnvError, isProduction } from "@/lib/env";
import { shareWithServer } from "@/lib/http/page-pace";
import { describeFeatures } from "./features";
import { registerGauges } from "./gauges";
import { startFollowers } from "@/lib/process/followers";
import { upkeepStep } from "@/lib/process/upkeep";
import { endLiveStreams } from "@/lib/live/stream";
import { log, logAllOutput } from "@/lib/log";
import { running } from "@/lib/process/running";

/** Exit code for an unusable configuration (EX_CONFIG of sysexits.h): a supervisor should not restart it. */
const EXIT_CONFIG = 78;

/**
 * Starts what a process runs besides requests: the followers, and the SMTP receiver if a port is set. A second call does
 * nothing. Ends the process, with one message that lists every problem, if the environment is unusable or the port is
 * taken.
 */
export async function startProcess(): Promise<void> {
  checkEnvironment();
  if (running.stop) return;
  if (isProduction()) logAllOutput();
  registerGauges();
  shareWithServer();
  const stopFollowers = startFollowers([...FOLLOWERS, { name: "upkeep", step: upkeepStep }]);
  let closeReceiver = async () => {};
  running.stop = async () => {
    running.isStopping = true;
    endLiveStreams();
    await closeReceiver();
    await stopFollowers();
  };
  await connectDb().catch((error: unknown) => log.warn({ err: error }, "database away at start; will retry"));
  const { INBOUND_SMTP_PORT: port, INBOUND_SMTP_HOST: host } = env();
  if (port) {
    const receiver = await startSmtpReceiver({ port, host: host ?? "127.0.0.1" }).catch((error: unknown) =>
      refuseToStart([
        `INBOUND_SMTP_PORT ${port} cannot be listened on: ${error instanceof Error ? error.message : error}`,
      ]),
    );
    closeReceiver = () => receiver.close();
  }
  for (const feature of describeFeatures(env())) log.info(feature, feature.on ? "feature on" : "feature off");
}

/** Stops what `startProcess` started: takes no new lease, and resolves once every running step has ended. */
export async function stopProcess(): Promise<void> {
  await running.stop?.();
}

function checkEnvironment(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    refuseToStart(error.problems);
  }
}

function refuseToStart(problems: string[]): never {
  process.stderr.write(`${new EnvError(problems).message}\n`);
  process.exit(EXIT_CONFIG);
}
