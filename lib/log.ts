import "server-only";
import pino from "pino";
import { logLevel } from "./env";
import { processSingleton } from "./process-singleton";

/**
 * The process's log: one JSON object a line.
 * Callers pass ids, never addresses, subjects, bodies or secrets; `redact` is the second fence.
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
      censor: "[redacted]",
    },
  }),
);
