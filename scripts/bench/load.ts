import { fork } from "node:child_process";
import path from "node:path";

type Common = { clients: number; forMs: number };

/** What the driver reads: rows, or a count that stops at `countUpTo`. */
export type Query = {
  filter: Record<string, unknown>;
  projection?: Record<string, 1>;
  sort?: Record<string, 1 | -1>;
  limit?: number;
  countUpTo?: number;
};

export type Job =
  | (Common & {
      kind: "http";
      origin: string;
      method: "GET" | "POST";
      path: string;
      /** Taken in turn, or as `cookieOf` says for each turn. None for an open route. */
      cookies: string[];
      cookieOf?: number[];
      /** One for each turn of a POST. */
      bodies?: string[];
    })
  | (Common & { kind: "write"; uri: string; ids: string[] })
  | (Common & { kind: "read"; uri: string; queries: Query[] });

export type Outcome = {
  turns: number;
  elapsedMs: number;
  p50Ms: number;
  p95Ms: number;
  perSecond: number;
  bytesEach: number;
  /** CPU that the load itself took. */
  cpuMs: number;
  statuses: Record<number, number>;
};

export type Load = { run: (job: Job) => Promise<Outcome>; stop: () => void };

/** Starts the process that makes the load. A job whose answers are not all 200 rejects. */
export function startLoad(): Load {
  const child = fork(path.join(import.meta.dirname, "generator.ts"), { serialization: "advanced" });
  const run = async (job: Job) => {
    const { outcome, error } = await new Promise<{ outcome?: Outcome; error?: string }>((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", reject);
      child.send(job);
    });
    child.removeAllListeners("exit");
    if (!outcome) throw new Error(error);
    const wrong = Object.entries(outcome.statuses).filter(([status]) => status !== "200");
    if (wrong.length > 0) throw new Error(`${nameOf(job)} answered ${JSON.stringify(outcome.statuses)}`);
    return outcome;
  };
  return { run, stop: () => void child.kill() };
}

function nameOf(job: Job): string {
  return job.kind === "http" ? `${job.method} ${job.path}` : `The driver's ${job.kind}`;
}
