import "server-only";
import { connectDb } from "@/lib/store/db";
import { env, EnvError } from "@/lib/env";
import { log } from "@/lib/log";

/** Exit code for an unusable configuration (EX_CONFIG of sysexits.h): a supervisor should not restart it. */
const EXIT_CONFIG = 78;

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
