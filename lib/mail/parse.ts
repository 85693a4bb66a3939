import "server-only";
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { Piscina } from "piscina";
import { processSingleton } from "@/lib/process-singleton";
import {
  EMPTY_HEAD,
  HEAD_MAX_BYTES,
  type MailContent,
  type MailHead,
  type ParsedMail,
  type ReadText,
  type SafeHtml,
} from "./parsed-mail";

export type { DeliveryReport, MailAttachment, MailPerson, MailSignals, ParsedMail } from "./parsed-mail";

/** Mail that is large, or that once ran into the ordinary limits, is slow: it must not keep the others waiting. */
export type Lane = "ordinary" | "slow";

const THREADS: Record<Lane, number> = { ordinary: 2, slow: 1 };
/** An ordinary mail takes some 10 ms, so a busy machine still ends each step within this time, in milliseconds. */
const ORDINARY_LIMIT_MS = 1_000;

/** A longer mail is handed over to its worker instead of copied. */
const HANDED_OVER_BYTES = 1024 * 1024;

/** The longest time to parse a mail, and for each step with its body, in milliseconds. */
type Limits = { lane: Lane; parseMs: number; bodyMs: number };

/** The package is loaded when first needed: the web process knows this file, and a worker reads its mail. */
async function poolOf(lane: Lane): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  return processSingleton(
    `mail-parser-${lane}`,
    () =>
      new Piscina({
        // A path, so that Node loads the file itself and no bundler touches it.
        filename: path.join(process.cwd(), "lib/mail/parse-worker.ts"),
        // A thread that is cut off is replaced only below this number; with 0, mail that waits would find none.
        minThreads: THREADS[lane],
        maxThreads: THREADS[lane],
        idleTimeout: 60_000,
        atomics: "disabled",
        recordTiming: false,
        // Code that handles hostile input gets none of our secrets and loaders.
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
      }),
  );
}

type Failure = "too_complex" | "too_slow" | "too_big";
type Outcome<Value> = { value: Value } | { failure: Failure };

const SENTENCES: Record<Failure, string> = {
  too_complex: "This mail is built in a way that could not be read.",
  too_slow: "This mail took too long to read.",
  too_big: "This mail took too much memory to read.",
};
const SEE_ORIGINAL = "Download the original to see all of it.";

/**
 * Parses a mail in a worker thread of the slow lane, within 5 s (6 s more for its body) and 256 MB. A mail that cannot be
 * parsed comes back with the header as far as it could be read, an empty text, a `parseProblem`, and `fallbackHash` as
 * its `contentHash`. A `raw` of more than 1 MB is handed over and empty afterwards, so that it is in memory once.
 * Rejects only if the worker itself is broken, such as a missing file.
 */
export async function parseMail(raw: Uint8Array, fallbackHash: string): Promise<ParsedMail> {
  return parseIn({ lane: "slow", parseMs: 5_000, bodyMs: 3_000 }, raw, fallbackHash);
}

/** Like `parseMail`, in the ordinary lane; null if a step takes longer than `limitMs`, or too much memory. */
export async function parseOrdinaryMail(
  raw: Uint8Array,
  fallbackHash: string,
  limitMs = ORDINARY_LIMIT_MS,
): Promise<ParsedMail | null> {
  try {
    return await parseIn({ lane: "ordinary", parseMs: limitMs, bodyMs: limitMs }, raw, fallbackHash);
  } catch (error) {
    if (error instanceof LimitReachedError) return null;
    throw error;
  }
}

/** Thrown if a mail runs into the limits of the ordinary lane. */
class LimitReachedError extends Error {}

async function parseIn(limits: Limits, raw: Uint8Array, fallbackHash: string): Promise<ParsedMail> {
  const beginning = Uint8Array.from(raw.subarray(0, HEAD_MAX_BYTES));
  const parsed = await inWorker<MailContent>(limits, "parse", { raw }, handedOver(raw));
  if ("failure" in parsed) return unreadable(limits, beginning, fallbackHash, SENTENCES[parsed.failure]);

  const { text, html, notes, attachedFrom, ...content } = parsed.value;
  // Each step runs once: one that ran into its limit would only do so again.
  const safe = html === null ? NO_HTML : await sanitise(limits, html);
  const body = { text, html: safe.forText, subject: content.head.subject };
  const read = await inWorker<ReadText>(limits, "readText", body);
  const shown = "value" in read ? read.value : { text, visibleText: text, forwardedFrom: null };
  const problems = safe.note === null ? notes : [...notes, safe.note];
  return {
    ...content,
    ...shown,
    html: safe.html,
    forwardedFrom: shown.forwardedFrom ?? attachedFrom,
    parseProblem: problems.length === 0 ? null : [...problems, SEE_ORIGINAL].join(" "),
  };
}

/** Only a buffer of its own can be handed over: small ones share one. */
function handedOver({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole && byteLength > HANDED_OVER_BYTES ? [buffer] : [];
}

const NO_HTML: SafeHtml = { html: null, forText: "", note: null };

async function sanitise(limits: Limits, html: string): Promise<SafeHtml> {
  const safe = await inWorker<SafeHtml>(limits, "sanitise", { html });
  if ("value" in safe) return safe.value;
  return { html: null, forText: html, note: "Its formatted version could not be made safe to show." };
}

async function unreadable(
  limits: Limits,
  beginning: Uint8Array,
  contentHash: string,
  sentence: string,
): Promise<ParsedMail> {
  const head = await inWorker<MailHead>(limits, "parseHead", { raw: beginning });
  return {
    head: "value" in head ? head.value : EMPTY_HEAD,
    text: "",
    visibleText: "",
    html: null,
    attachments: [],
    report: null,
    reaction: null,
    forwardedFrom: null,
    contentHash,
    parseProblem: `${sentence} ${SEE_ORIGINAL}`,
  };
}

type Step = "parse" | "parseHead" | "sanitise" | "readText";

/** Runs one function of the worker file. Its time counts from the moment a thread begins it. */
async function inWorker<Value>(
  { lane, parseMs, bodyMs }: Limits,
  name: Step,
  input: object,
  transferred: ArrayBuffer[] = [],
): Promise<Outcome<Value>> {
  const limitMs = name === "parse" || name === "parseHead" ? parseMs : bodyMs;
  const pool = await poolOf(lane);
  const { port1: begun, port2: started } = new MessageChannel();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  begun.once("message", () => (timer = setTimeout(() => controller.abort(), limitMs)));
  try {
    const task = { ...input, started };
    const options = { name, signal: controller.signal, transferList: [started, ...transferred] };
    // Sound because `Value` at each call is the type that the worker's function of that name returns.
    const value = (await pool.run(task, options)) as Value | null;
    return value === null ? { failure: "too_complex" } : { value };
  } catch (error) {
    const isTooSlow = controller.signal.aborted;
    if (!isTooSlow && !isOutOfMemory(error)) throw error;
    if (lane === "ordinary") throw new LimitReachedError();
    return { failure: isTooSlow ? "too_slow" : "too_big" };
  } finally {
    clearTimeout(timer);
    begun.close();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
