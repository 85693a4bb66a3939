import { fork } from "node:child_process";
import path from "node:path";

type Common = { clients: number; forMs: number };

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
  /** The driver's bare conditional write, one for each id. */
  | (Common & { kind: "write"; uri: string; ids: string[] })
  /** The driver's own reads, `{ commands: [{ find, filter, … }] }` as BSON, all at once in each turn. */
  | (Common & { kind: "read"; uri: string; commands: Uint8Array })
  /** Opens one live stream for each cookie and leaves them open; with none, closes those that are open. */
  | (Common & { kind: "windows"; origin: string; cookies: string[] });

export type Outcome = {
  turns: number;
  elapsedMs: number;
  p50Ms: number;
  p95Ms: number;
  perSecond: number;
  bytesEach: number;
  /** CPU that the load itself took, in milliseconds. */
  cpuMs: number;
  statuses: Record<number, number>;
};

export type Load = { run: (job: Job) => Promise<Outcome>; stop: () => void };

/** Starts a process that makes load. A job with an answer that is no success rejects. */
export function startLoad(): Load {
  const child = fork(path.join(import.meta.dirname, "generator.ts"), { serialization: "advanced" });
  const run = async (job: Job) => {
    const { outcome, error } = await new Promise<{ outcome?: Outcome; error?: string }>((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", reject);
      child.send(job);
    });
    child.removeAllListeners("exit");
    if (!outcome) throw new Error(`${nameOf(job)}: ${error}`);
    const wrong = Object.keys(outcome.statuses).filter((status) => !/^20[02]$/.test(status));
    if (wrong.length > 0) throw new Error(`${nameOf(job)} answered ${JSON.stringify(outcome.statuses)}`);
    return outcome;
  };
  return { run, stop: () => void child.kill() };
}

function nameOf(job: Job): string {
  return job.kind === "http" ? `${job.method} ${job.path}` : job.kind;
}
