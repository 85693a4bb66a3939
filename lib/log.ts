import "server-only";
import { stripVTControlCharacters } from "node:util";
import pino from "pino";
import { logLevel, secretValues } from "./env";
import { processSingleton } from "./process-singleton";

const CENSOR = "[redacted]";
/** A JSON Web Token, and the word after "Bearer". */
const SESSION_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?<=Bearer )[^\s"\\]+/gi;

function withoutSecrets(line: string): string {
  const redacted = secretValues().reduce((text, secret) => text.replaceAll(secret, CENSOR), line);
  return redacted.replace(SESSION_TOKEN, CENSOR);
}

/**
 * The process's log, one JSON object a line. Callers pass ids, never addresses, subjects, bodies or secrets. Two more
 * defences: `redact` by field name, and the removal of the environment's secrets and of session tokens from every line.
 */
export const log = processSingleton("log", () =>
  pino({
    level: logLevel(),
    redact: {
      paths: [
        "*.authorization",
        "*.cookie",
        "*.token",
        "*.password",
        "*.pass",
        "*.secret",
        "req.headers",
        "err.raw",
      ],
      censor: CENSOR,
    },
    hooks: { streamWrite: withoutSecrets },
  }),
);

/** An error to log without its message, which may quote a customer: its class, its code and its stack. */
export function withoutWords(error: unknown): { type: string; code?: unknown; stack?: string } {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, code, message, stack = "" } = error as Error & { code?: unknown };
  const frames = stack
    .replace(message, "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  return { type: name, ...(typeof code === "object" ? {} : { code }), stack: frames.slice(0, 8).join("\n") };
}

/** Longest text of others that is logged, in characters. */
const TEXT_MAX = 8_000;

/**
 * From now on everything that this process prints is logged, one line for each write: what libraries print, and Node's
 * warnings. So nobody can forge a line, and no secret is printed past the log.
 */
export function logAllOutput(): void {
  capture(process.stdout, "info");
  capture(process.stderr, "error");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => log.warn({ err: warning }, "warning"));
}

/** Has an error that nothing catches logged before it ends the process with 1. Next has a handler of its own. */
export function endOnUncaughtError(): void {
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "ended by an error that nothing caught");
    process.exit(1);
  });
}

function capture(stream: NodeJS.WriteStream, level: "info" | "error"): void {
  type Done = (error?: Error | null) => void;
  stream.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const shown = stripVTControlCharacters(text).trim().slice(0, TEXT_MAX);
    if (shown !== "") log[level](shown);
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) process.nextTick(callback);
    return true;
  };
}
