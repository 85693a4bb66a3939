// The followers and the SMTP receiver as a process of their own. scripts/serve.mjs runs one beside the web process and
// passes it an id, which its heartbeat keeps over restarts; `npm run worker` runs one alone. Any number may run beside
// any number of web processes; leases in the database keep them apart.
import "./read-dotenv";
import { randomUUID } from "node:crypto";
import { setPriority } from "node:os";
import { startWorker } from "@/lib/desk/worker";
import { endOnUncaughtError, log } from "@/lib/log";
import { readMetricsAsJson } from "@/lib/metrics";
import { nudge, type Topic } from "@/lib/process/nudge";
import { disconnectDb } from "@/lib/store/db";

/** How long a step may still take once the worker was told to stop, in milliseconds: a mail server may take 90 s. */
const STOP_MS = 100_000;

/** The worker yields to the web process when the machine is busy; in nice's steps, 0 is usual and 19 the lowest. */
const PRIORITY = 5;

/** Messages of scripts/serve.mjs, which alone sends any. */
type Order = { nudge: Topic[] } | { metrics: number } | { stop: true };

const [supervisedId] = process.argv.slice(2);
endOnUncaughtError();
setPriority(PRIORITY);

let stopping = false;
let stopFollowers = async () => {};
function stop(): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), STOP_MS).unref();
  void stopFollowers()
    .then(disconnectDb)
    .catch((error: unknown) => log.warn({ err: error }, "worker did not end in order"))
    .then(() => process.exit(0));
}

// A signal to the process group reaches the worker too. The web process decides: the worker goes on until the requests
// under way, which may wait for it, are answered.
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => (process.connected ? process.send?.({ signal }) : stop()));
}
// The web process has ended, or was killed.
process.on("disconnect", stop);
process.on("message", (order: Order) => {
  if ("nudge" in order) nudge(...order.nudge);
  else if ("stop" in order) stop();
  else void answerMetrics(order.metrics);
});

async function answerMetrics(id: number): Promise<void> {
  const metrics = await readMetricsAsJson("worker").catch(() => null);
  if (process.connected) process.send?.({ id, metrics }, () => {});
}

stopFollowers = await startWorker(supervisedId ?? randomUUID());
if (!supervisedId) console.log("Claimdesk's worker is running.");
else if (!process.connected) stop();
