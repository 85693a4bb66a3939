// Loaded by `--import` before the code of a process and of each of its threads. Allows connections to the ports of this
// machine in OUTBOUND_PORTS alone, and records every attempt in the file OUTBOUND_RECORD.
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";
import { trapOutbound } from "./outbound-trap.ts";

const HERE = new Set(["localhost", "127.0.0.1", "::1"]);
const { OUTBOUND_PORTS = "", OUTBOUND_RECORD = "" } = process.env;
const ports = new Set(OUTBOUND_PORTS.split(",").map(Number));

const record = (word, what) => appendFileSync(OUTBOUND_RECORD, `${word} ${what}\n`);

// A thread, such as the one that parses mail, may be started without this environment and these arguments.
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(file, options = {}) {
    const env =
      typeof options.env === "object" ? { ...options.env, OUTBOUND_PORTS, OUTBOUND_RECORD } : undefined;
    const execArgv = [...(options.execArgv ?? []), `--import=${import.meta.url}`];
    super(file, { ...options, ...(env && { env }), execArgv });
  }
};
syncBuiltinESMExports();

trapOutbound(({ host, port }) => {
  const isAllowed = HERE.has(host) && (port === undefined || ports.has(port));
  if (!isAllowed) record("refused", port === undefined ? host : `${host}:${port}`);
  else if (port !== undefined) record("reached", port);
  return isAllowed;
});
record("watching", threads.isMainThread ? "process" : "thread");
