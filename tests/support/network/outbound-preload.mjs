// Loaded before a process's own code, by `--import`, and before that of each thread it starts: lets it reach the ports
// of this machine that OUTBOUND_PORTS lists, and nothing else, and writes what it tried to the file OUTBOUND_RECORD.
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import threads from "node:worker_threads";
import { trapOutbound } from "./outbound-trap.ts";

const HERE = new Set(["localhost", "127.0.0.1", "::1"]);
const { OUTBOUND_PORTS = "", OUTBOUND_RECORD = "" } = process.env;
const ports = new Set(OUTBOUND_PORTS.split(",").map(Number));

const record = (word, what) => appendFileSync(OUTBOUND_RECORD, `${word} ${what}\n`);

// A thread may be started without our environment and arguments, as the one that reads mail is.
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
