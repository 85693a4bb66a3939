import "server-only";
import pino from "pino";
import { logLevel, secretValues } from "./env";
import { processSingleton } from "./process-singleton";

const CENSOR = "[redacted]";
/** A JSON Web Token, and what follows "Bearer". */
const PROOF = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?<=Bearer )[^\s"\\]+/gi;

function withoutSecrets(line: string): string {
  const hidden = secretValues().reduce((text, secret) => text.replaceAll(secret, CENSOR), line);
  return hidden.replace(PROOF, CENSOR);
}

/**
 * The process's log: one JSON object a line.
 * Callers pass ids, never addresses, subjects, bodies or secrets; `redact` is the second fence, and the third is that
 * what the environment keeps secret, and what looks like a session, is taken out of every line, wherever it came from.
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
