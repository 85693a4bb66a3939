import "server-only";
import { cardStep } from "./cards/converge";
import { connectDb } from "./db";
import { deliverStep } from "./email/deliver";
import { ingestStep } from "./email/ingest";
import { startSmtpReceiver } from "./email/receiver";
import { env, EnvError } from "./env";
import { describeFeatures } from "./features";
import { startFollowers, type Follower } from "./followers";
import { log } from "./log";
import { processSingleton } from "./process-singleton";
import { eventStep } from "./tickets/events";

/** Exit code for an unusable configuration (EX_CONFIG of sysexits.h): a supervisor should not restart it. */
const EXIT_CONFIG = 78;

// Mail and cards wait on others' servers, so more than one may be under way; leases keep them apart.
const FOLLOWERS: Follower[] = [
  { name: "ingest", step: ingestStep, concurrency: 2 },
  { name: "deliver", step: deliverStep, concurrency: 4 },
  { name: "cards", step: cardStep, concurrency: 2 },
  { name: "events", step: eventStep },
];

type Running = { stop: (() => Promise<void>) | null; isStopping: boolean };

/** The launcher, scripts/serve.mjs, finds this by its name and stops what runs here before the process ends. */
const running = processSingleton<Running>("running", () => ({ stop: null, isStopping: false }));

/** True once the process was told to end: it finishes what it has begun and is not ready for more. */
export function isStopping(): boolean {
  return running.isStopping;
}

/**
 * Starts what a process runs besides requests: the followers, and the SMTP receiver where a port is set. Ends the
 * process with one message that lists every problem where the environment is unusable, or where the port is taken.
 * Called again it does nothing.
 */
export async function startProcess(): Promise<void> {
  checkEnvironment();
  if (running.stop) return;
  const stopFollowers = startFollowers(FOLLOWERS);
  let closeReceiver = async () => {};
  running.stop = async () => {
    running.isStopping = true;
    await closeReceiver();
    await stopFollowers();
  };
  await connectDb().catch((error: unknown) => log.warn({ err: error }, "database away at start; trying on"));
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

/** Ends what `startProcess` began: no new lease is taken, and it resolves once every step under way has ended. */
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
