// Runs the worker (scripts/worker.ts) beside the web process, and again whenever it ends by itself.
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** Exit code for an unusable configuration; see lib/desk/environment.ts. */
const EXIT_CONFIG = 78;
/** Pause before the worker is started again, in milliseconds; doubled up to the longest. */
const PAUSE_MS = 1_000;
const PAUSE_MAX_MS = 30_000;
/** A worker that ran for this long, in milliseconds, is stable: the next pause is the first one again. */
const STABLE_MS = 60_000;
/** Topics that become due within this time, in milliseconds, go over in one message, each once. */
const GATHER_MS = 5;
/** Longest wait for the worker's metrics, in milliseconds. */
const METRICS_MS = 1_000;

/**
 * A worker that is kept running once `start` is called, and that the app in this process finds by lib/process/
 * own-worker.ts. Calls `onUnusable` if the worker cannot use its configuration, and has said why, and `onSignal` if it
 * got a signal to stop. `restart` ends the worker in order and starts it again; `stop` ends it in order, by force after
 * `boxMs`, and resolves once it is gone.
 */
export function superviseWorker({ file, onUnusable, onSignal }) {
  const questions = new Map();
  const topics = new Set();
  let child = null;
  let gathering;
  let pauseMs = PAUSE_MS;
  let isStopping = false;
  let isRestarting = false;
  let gone = Promise.resolve();

  const shared = {
    id: randomUUID(),
    startedAt: performance.now(),
    restarts: 0,
    nudge(named) {
      for (const topic of named) topics.add(topic);
      gathering ??= setTimeout(passOn, GATHER_MS);
    },
    async metrics() {
      const question = randomUUID();
      const { promise, resolve } = Promise.withResolvers();
      questions.set(question, resolve);
      send({ metrics: question });
      const late = setTimeout(resolve, METRICS_MS, null);
      try {
        return await promise;
      } finally {
        clearTimeout(late);
        questions.delete(question);
      }
    },
  };
  globalThis[Symbol.for("claimdesk.worker")] = shared;
  return { start, restart, stop };

  function start() {
    if (isStopping) return;
    const startedAt = performance.now();
    child = fork(file, [shared.id]);
    gone = new Promise((resolve) => child.once("close", resolve));
    child.on("error", (error) => console.error(`The worker: ${error.message}`));
    child.on("message", (message) => {
      if ("signal" in message) onSignal(message.signal);
      else questions.get(message.id)?.(message.metrics);
    });
    child.once("close", (code, signal) => void startAgain(code, signal, performance.now() - startedAt));
  }

  async function startAgain(code, signal, ranMs) {
    if (isStopping) return;
    if (code === EXIT_CONFIG) return onUnusable();
    if (isRestarting) {
      isRestarting = false;
      return start();
    }
    if (ranMs >= STABLE_MS) pauseMs = PAUSE_MS;
    shared.restarts += 1;
    console.error(
      `The worker ended by itself (${signal ?? `exit code ${code}`}) and is started again in ${pauseMs / 1_000} s.`,
    );
    const waitMs = pauseMs;
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
    await sleep(waitMs);
    start();
  }

  /** A message to a worker that is away is lost, which every sender reckons with. */
  function send(message) {
    if (child?.connected) child.send(message, () => {});
  }

  function passOn() {
    gathering = undefined;
    send({ nudge: [...topics] });
    topics.clear();
  }

  function restart() {
    isRestarting = child?.connected === true;
    send({ stop: true });
  }

  async function stop(boxMs) {
    isStopping = true;
    send({ stop: true });
    const late = setTimeout(() => child?.kill("SIGKILL"), boxMs);
    await gone;
    clearTimeout(late);
  }
}
