import "server-only";
import path from "node:path";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { processSingleton } from "@/lib/process-singleton";
import {
  HEAD_MAX_BYTES,
  type MailContent,
  type MailHead,
  type ParsedMail,
  type ShownBody,
} from "./parsed-mail";

export type { Bounce, MailAttachment, MailPerson, MailSignals, ParsedMail } from "./parsed-mail";

/** Longest time to parse a mail, and to sanitise and fold its body, in milliseconds. */
const PARSE_LIMIT_MS = 5_000;
const SHOW_LIMIT_MS = 3_000;

const pool = () =>
  processSingleton(
    "mail-parser",
    () =>
      new Piscina({
        // A path, so that Node loads the file itself and no bundler touches it.
        filename: path.join(process.cwd(), "lib/mail/parse-worker.ts"),
        minThreads: 0,
        maxThreads: 2,
        idleTimeout: 60_000,
        atomics: "disabled",
        recordTiming: false,
        // Code that handles hostile input gets none of our secrets and loaders.
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 },
      }),
  );

type Failure = "too_complex" | "too_slow" | "too_big";
type Outcome<Value> = { value: Value } | { failure: Failure };

const SENTENCES: Record<Failure, string> = {
  too_complex: "This mail is built in a way that could not be read.",
  too_slow: "This mail took too long to read.",
  too_big: "This mail took too much memory to read.",
};
const SEE_ORIGINAL = "Download the original to see all of it.";

/**
 * Parses a mail in a worker thread, within 5 s (3 s more for its body) and 256 MB. A mail that cannot be parsed comes
 * back with the header as far as it could be read, an empty text, a `parseProblem`, and `fallbackHash` as its
 * `contentHash`. Rejects only if the worker itself is broken, such as a missing file.
 */
export async function parseMail(raw: Uint8Array, fallbackHash: string): Promise<ParsedMail> {
  const parsed = await inWorker<MailContent>("parse", { raw }, PARSE_LIMIT_MS);
  if ("failure" in parsed) return unreadable(raw, fallbackHash, SENTENCES[parsed.failure]);

  const { text, html, notes, ...content } = parsed.value;
  const shown = await show(text, html);
  const problems = [...notes, ...shown.notes];
  return {
    ...content,
    html: shown.html,
    text: shown.text,
    visibleText: shown.visibleText,
    parseProblem: problems.length === 0 ? null : [...problems, SEE_ORIGINAL].join(" "),
  };
}

async function show(text: string, html: string | null): Promise<ShownBody> {
  const shown = await inWorker<ShownBody>("show", { text, html }, SHOW_LIMIT_MS);
  if ("value" in shown) return shown.value;
  const plain = await inWorker<ShownBody>("showText", { text, html }, SHOW_LIMIT_MS);
  const notes = ["Its formatted version could not be made safe to show."];
  return "value" in plain ? { ...plain.value, notes } : { html: null, text, visibleText: text, notes };
}

async function unreadable(raw: Uint8Array, contentHash: string, sentence: string): Promise<ParsedMail> {
  const head = await inWorker<MailHead>(
    "parseHead",
    { raw: raw.subarray(0, HEAD_MAX_BYTES) },
    PARSE_LIMIT_MS,
  );
  return {
    head: "value" in head ? head.value : EMPTY_HEAD,
    text: "",
    visibleText: "",
    html: null,
    attachments: [],
    bounce: null,
    contentHash,
    parseProblem: `${sentence} ${SEE_ORIGINAL}`,
  };
}

const EMPTY_HEAD: MailHead = {
  messageId: null,
  inReplyTo: [],
  references: [],
  senders: [],
  fromName: null,
  replyTo: null,
  to: [],
  cc: [],
  subject: "",
  signals: {
    autoSubmitted: null,
    hasAutoReplyHeader: false,
    precedence: null,
    returnPath: null,
    reportType: null,
    list: null,
  },
};

/** Runs one function of the worker file. `limitMs` counts from the moment a thread begins it. */
async function inWorker<Value>(name: string, input: object, limitMs: number): Promise<Outcome<Value>> {
  const { port1: begun, port2: started } = new MessageChannel();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  begun.once("message", () => (timer = setTimeout(() => controller.abort(), limitMs)));
  try {
    const task = { ...input, started };
    const options = { name, signal: controller.signal, transferList: [started] };
    // Sound because `Value` at each call is the type that the worker's function of that name returns.
    const value = (await pool().run(task, options)) as Value | null;
    return value === null ? { failure: "too_complex" } : { value };
  } catch (error) {
    if (controller.signal.aborted) return { failure: "too_slow" };
    if (isOutOfMemory(error)) return { failure: "too_big" };
    throw error;
  } finally {
    clearTimeout(timer);
    begun.close();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
