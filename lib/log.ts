import "server-only";
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
