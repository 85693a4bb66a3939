import { appendFileSync } from "node:fs";

/**
 * A client's request and its answer. Times are nanoseconds of one monotonic clock, the same for all processes of a
 * machine. An operation with an unknown outcome has no `end`.
 */
export type Operation = {
  client: string;
  key: string;
  op: "claim" | "unclaim" | "reply" | "read";
  arg: string | null;
  result: string | null;
  start: number;
  end?: number;
};

export class History {
  readonly operations: Operation[] = [];

  constructor(private readonly file?: string) {}

  /** Runs `work` and notes it. `work` returns the result as a word, or null if the outcome is unknown. */
  async note(
    entry: Pick<Operation, "client" | "key" | "op" | "arg">,
    work: () => Promise<string | null>,
  ): Promise<string | null> {
    const start = now();
    const result = await work();
    const operation: Operation = { ...entry, result, start, ...(result === null ? {} : { end: now() }) };
    this.operations.push(operation);
    if (this.file) appendFileSync(this.file, `${JSON.stringify(operation)}\n`);
    return result;
  }
}

function now(): number {
  return Number(process.hrtime.bigint());
}
