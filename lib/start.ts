import "server-only";
import { connectDb } from "./db";
import { env, EnvError } from "./env";
import { startFollowers, type Follower } from "./followers";
import { log } from "./log";
import { processSingleton } from "./process-singleton";
import { eventStep } from "./tickets/events";

/** Exit code for an unusable configuration (EX_CONFIG of sysexits.h): a supervisor should not restart it. */
const EXIT_CONFIG = 78;

const FOLLOWERS: Follower[] = [{ name: "events", step: eventStep }];

const running = processSingleton("running", () => ({ stop: null as (() => Promise<void>) | null }));

/**
 * Starts what the serving process runs besides requests: the followers, and the SMTP receiver where a port is set.
 * Ends the process with one message that lists every problem where the environment is unusable.
 */
export async function startProcess(): Promise<void> {
  checkEnvironment();
  if (running.stop) return;
  await connectDb().catch((error: unknown) => log.warn({ err: error }, "database away at start; trying on"));
  running.stop = startFollowers(FOLLOWERS);
}

function checkEnvironment(): void {
  try {
    env();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}
