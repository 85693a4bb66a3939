import "server-only";
import mongoose from "mongoose";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { EnvError } from "@/lib/env";
import { log } from "@/lib/log";
import { TooFastError } from "@/lib/pace";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { json } from "./json";
import { Refusal, unavailable } from "./refusal";

/** Statuses of refusals that are logged: callers who are not let in or ask too often. */
const LOGGED_STATUSES = new Set([401, 403, 429]);

/** The answer to an error thrown in a route. Logs it, with ids only; an unexpected error becomes a 500 without details. */
export function renderError(error: unknown, request: Request, requestId: string): Response {
  const refusal = toRefusal(error, request, requestId);
  const { message, reason, details, status, headers } = refusal;
  return json({ error: message, reason, ...details }, status, headers);
}

function toRefusal(error: unknown, request: Request, requestId: string): Refusal {
  const { method } = request;
  const refusal = error instanceof TooFastError ? tooManyRequests(error) : error;
  if (refusal instanceof Refusal) {
    // Without the path: a stranger can put anything into it.
    if (LOGGED_STATUSES.has(refusal.status))
      log.info({ requestId, method, reason: refusal.reason }, "refused");
    return refusal;
  }
  if (request.signal.aborted) {
    return new Refusal("invalid_request", "The request ended before it was complete.");
  }
  const details = { requestId, method, path: new URL(request.url).pathname, err: error };
  if (error instanceof IdentityUnavailableError) {
    log.warn(details, "Clerk away");
    return unavailable(
      "Who you are can't be checked right now, since Clerk can't be reached. Try again in a moment.",
    );
  }
  if (isDatabaseAway(error)) {
    log.warn(details, "database away");
    return unavailable("The desk's database can't be reached right now. Try again in a moment.");
  }
  if (isTooSlow(error)) {
    log.warn(details, "query too slow");
    return unavailable("The desk's database took too long. Try again in a moment, or narrow the filters.");
  }
  if (error instanceof EnvError) log.fatal({ problems: error.problems }, "environment unusable");
  log.error(details, "request failed");
  return new Refusal("internal_error", "Something went wrong on our side. Try again.", { requestId });
}

function tooManyRequests({ message, retryAfterSeconds }: TooFastError): Refusal {
  return new Refusal("too_many_requests", message, {}, { "retry-after": String(retryAfterSeconds) });
}

/** The server stopped a query at its `maxTimeMS` (50 MaxTimeMSExpired). */
function isTooSlow(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 50;
}
