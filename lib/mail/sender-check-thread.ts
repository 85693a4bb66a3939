import "server-only";
import path from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Piscina } from "piscina";
import { processSingleton } from "@/lib/process-singleton";
import type { Answer, Question } from "./caller-port";
import type { CheckTask } from "./sender-check-worker";
import { codeOf, type Resolve } from "./sender-dns";
import type { Verdict } from "./trusted-verdict";

/** Longest time for one mail, in milliseconds. The thread itself ends much earlier, unless it hangs. */
const LIMIT_MS = 15_000;
/** More mails than this process files at once. Most of the time they wait for the DNS. */
const MAILS_AT_ONCE = 16;
const PIECE_BYTES = 256 * 1024;

/** The package is loaded when first needed, as is the thread. */
async function checkPool(): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  return processSingleton(
    "sender-check",
    () =>
      new Piscina({
        // A path, so that Node loads the file itself and no bundler touches it.
        filename: path.join(process.cwd(), "lib/mail/sender-check-worker.ts"),
        minThreads: 1,
        maxThreads: 1,
        concurrentTasksPerWorker: MAILS_AT_ONCE,
        atomics: "disabled",
        recordTiming: false,
        // Code that handles hostile input gets none of our secrets and loaders.
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
      }),
  );
}

/** The caller's services for the thread, which has no network and no database. */
export type Sources = { raw: () => Promise<AsyncIterable<Uint8Array> | null>; resolve: Resolve };

/**
 * Verifies one mail in the thread. Rejects if that takes too long or too much memory; then the thread is cut off, and so
 * are other mails in it.
 */
export async function checkInThread(
  task: Omit<CheckTask, "port">,
  sources: Sources,
  limitMs = LIMIT_MS,
): Promise<Verdict> {
  const pool = await checkPool();
  const { port1: port, port2: theirs } = new MessageChannel();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  const pieces = piecesOf(sources.raw);
  answerQuestions(port, pieces, sources.resolve);
  try {
    const options = { name: "check", signal: controller.signal, transferList: [theirs] };
    // Sound because `check` of the worker file returns a verdict.
    return (await pool.run({ ...task, port: theirs }, options)) as Verdict;
  } finally {
    clearTimeout(timer);
    port.close();
    await pieces.return(undefined);
  }
}

function answerQuestions(port: MessagePort, pieces: AsyncGenerator<Uint8Array>, resolve: Resolve): void {
  const answerTo = async (question: Question): Promise<Answer> => {
    const { id } = question;
    try {
      if (question.ask === "records") return { id, value: await resolve(question.name, question.type) };
      const next = await pieces.next();
      return { id, value: next.done ? null : next.value };
    } catch (error) {
      return { id, code: codeOf(error) || "EFAILED" };
    }
  };
  port.on("message", (question: Question) => {
    void answerTo(question).then((answer) => port.postMessage(answer));
  });
}

/** Copies of the mail's bytes: a piece may be a view of a much larger buffer, which would be sent whole. */
async function* piecesOf(raw: Sources["raw"]): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of (await raw()) ?? []) {
    for (let at = 0; at < part.length; at += PIECE_BYTES)
      yield new Uint8Array(part.subarray(at, at + PIECE_BYTES));
  }
}
