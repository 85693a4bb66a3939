import "server-only";
import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { NextResponse } from "next/server";
import { getMember } from "@/lib/auth";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { connectDb } from "@/lib/store/db";
import { env, EnvError } from "@/lib/env";
import { log } from "@/lib/log";
import type { Result } from "@/lib/result";
import { sentenceOf, type TicketFailure } from "@/lib/api/refusals";
import type { Role, TeamMember } from "@/lib/api/vocabulary";
import { isOutcomeUnknown, OutcomeUnknownError } from "@/lib/store/unknown-outcome";
import {
  hasRole,
  accessOf,
  type BearerRoute,
  type BearerSecret,
  type PublicRoute,
  type RouteKey,
  type ROUTES,
  type TeamRoute,
} from "@/lib/auth/access";
import { addressOf } from "./address";
import { assertBearer } from "./bearer";
import { STATUS_OF } from "./status";
import { assertSameOrigin } from "./origin";
import { keepPace, TooFastError } from "@/lib/pace";
import { paceOf } from "./route-pace";
import { Refusal } from "./refusal";

/** Next's second argument of a route handler; params are a promise since Next 15. */
export type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type Handler<Extra extends unknown[]> = (request: Request, ...extra: Extra) => Promise<Response>;
type TeamHandler = Handler<[member: TeamMember, context: RouteContext]>;
/** `route` is the entry of lib/http/access.ts that decided who may ask. */
export type Wrapped = ((request: Request, context: RouteContext) => Promise<Response>) & { route?: RouteKey };

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * A route for people of the team, from the role on that the table names for it. Refuses with 401 without a session,
 * 403 for a stranger's session, a lesser role or (when it changes something) a request from another origin, and
 * renders everything that goes wrong from the one table. Does not rely on proxy.ts.
 */
export function withTeamMember(route: TeamRoute, handler: TeamHandler): Wrapped {
  const pace = paceOf(route);
  const paced: TeamHandler = async (request, member, context) => {
    if (pace) await keepPace(pace, `${route} ${member.id}`);
    return handler(request, member, context);
  };
  return tagged(route, withRole(accessOf(route), paced));
}

/** What `withTeamMember` does, for a role said by hand. */
export function withRole(needed: Role, handler: TeamHandler): Wrapped {
  return withErrors(async (request, context) => {
    if (!SAFE_METHODS.has(request.method)) assertSameOrigin(request);
    const found = await getMember(request);
    if (found.state !== "member") await keepPace("closed", addressOf(request.headers));
    if (found.state === "signed_out") throw new Refusal("unauthenticated", "Sign in to continue.");
    if (found.state === "not_on_team") {
      throw new Refusal("not_on_team", "Your account is not on this team. Ask an admin to add you.");
    }
    if (!hasRole(found.member.role, needed)) {
      await keepPace("closed", found.member.id);
      throw new Refusal(
        "forbidden",
        needed === "admin" ? "Only an admin may do this." : "You may look, but not change anything.",
      );
    }
    return handler(request, found.member, context);
  }, NO_DATABASE); // who is asking is known without it, or getMember() has connected
}

/** A route for a program that brings the secret the table names; 401 for everybody else, database or not. */
export function withBearer(route: BearerRoute, handler: Handler<[context: RouteContext]>): Wrapped {
  const name = secretOf(accessOf(route));
  const pace = paceOf(route);
  const guarded = withErrors(async (request, context) => {
    const address = addressOf(request.headers);
    try {
      assertBearer(request, env()[name]);
    } catch (error) {
      await keepPace("closed", address);
      throw error;
    }
    if (pace) await keepPace(pace, `${route} ${address}`);
    return handler(request, context);
  }, NO_DATABASE);
  return tagged(route, guarded);
}

function secretOf(who: (typeof ROUTES)[BearerRoute]): BearerSecret {
  // Sound by the table's type: such an entry is "bearer:" and the name of a variable.
  return who.slice("bearer:".length) as BearerSecret;
}

/** A route for anybody. */
export function withAnybody(route: PublicRoute, handler: Handler<[context: RouteContext]>): Wrapped {
  accessOf(route);
  const pace = paceOf(route);
  const paced = withErrors(async (request, context) => {
    if (pace) await keepPace(pace, `${route} ${addressOf(request.headers)}`);
    return handler(request, context);
  }, NO_DATABASE);
  return tagged(route, paced);
}

function tagged(route: RouteKey, handler: Wrapped): Wrapped {
  return Object.assign(handler, { route });
}

const NO_DATABASE = { database: false };

/**
 * Renders everything that goes wrong in `handler` from the one table, and gives its answer the headers of every
 * answer. The database is connected first, but where `database` is false. Proves nobody: a route says who may ask it
 * by one of the wrappers above.
 */
export function withErrors(handler: Handler<[context: RouteContext]>, { database = true } = {}): Wrapped {
  return async (request, context) => {
    const requestId = randomUUID();
    try {
      if (database) await connectDb();
      const response = await handler(request, context);
      return finish(response, requestId);
    } catch (error) {
      return finish(renderError(error, request, requestId), requestId);
    }
  };
}

/** `body` as the answer, with 200. */
export function answer<Body>(body: Body): Response {
  return NextResponse.json(body);
}

/** The verb's outcome as an answer: `toBody` of its value with 200, or the refusal's sentence, code and facts. */
export function respond<Value>(
  outcome: Result<Value, TicketFailure>,
  toBody: (value: Value) => unknown,
  status: number | ((value: Value) => number) = 200,
): Response {
  if (outcome.ok) {
    return NextResponse.json(toBody(outcome.value), {
      status: typeof status === "number" ? status : status(outcome.value),
    });
  }
  const { reason, ...facts } = outcome.failure;
  return NextResponse.json(
    { error: sentenceOf(outcome.failure), reason, ...facts },
    { status: STATUS_OF[reason] },
  );
}

/** Sends the browser on with a GET to `path` of this site. */
export function seeOther(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location: path } });
}

function renderError(thrown: unknown, request: Request, requestId: string): Response {
  const error = thrown instanceof TooFastError ? tooManyRequests(thrown) : thrown;
  if (error instanceof Refusal) {
    // Without the address asked: a stranger may write anything there.
    if (WORTH_A_LINE.has(error.status)) {
      log.info({ requestId, method: request.method, reason: error.reason }, "refused");
    }
    return refusalResponse(error);
  }
  if (request.signal.aborted) {
    return refusalResponse(new Refusal("invalid_request", "The request ended before it was complete."));
  }
  const path = new URL(request.url).pathname;
  if (error instanceof IdentityUnavailableError) {
    log.warn({ requestId, method: request.method, path, err: error }, "Clerk away");
    return refusalResponse(
      unavailable(
        "Who you are can't be checked right now, since Clerk can't be reached. Try again in a moment.",
      ),
    );
  }
  if (error instanceof OutcomeUnknownError || isOutcomeUnknown(error)) {
    log.warn({ requestId, method: request.method, path, err: error }, "database away");
    return refusalResponse(
      unavailable("The desk's database can't be reached right now. Try again in a moment."),
    );
  }
  if (isTooSlow(error)) {
    log.warn({ requestId, method: request.method, path, err: error }, "query too slow");
    return refusalResponse(
      unavailable("The desk's database took too long. Try again in a moment, or narrow the filters."),
    );
  }
  if (error instanceof EnvError) log.fatal({ problems: error.problems }, "environment unusable");
  log.error({ requestId, method: request.method, path, err: error }, "request failed");
  return refusalResponse(
    new Refusal("internal_error", "Something went wrong on our side. Try again.", { requestId }),
  );
}

/** Statuses of whoever is not let in, or asks too much. */
const WORTH_A_LINE = new Set([401, 403, 429]);

/** The server gave a query up at its `maxTimeMS` (50 MaxTimeMSExpired). */
function isTooSlow(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 50;
}

function tooManyRequests({ message, retryAfterSeconds }: TooFastError): Refusal {
  return new Refusal("too_many_requests", message, {}, { "retry-after": String(retryAfterSeconds) });
}

/** A 503 for what is away for the moment, with when to ask again. */
export function unavailable(sentence: string): Refusal {
  return new Refusal("unavailable", sentence, {}, { "retry-after": "2" });
}

function refusalResponse(refusal: Refusal): Response {
  return NextResponse.json(
    { error: refusal.message, reason: refusal.reason, ...refusal.details },
    { status: refusal.status, headers: refusal.headers },
  );
}

/** What every answer says unless the route says otherwise: nothing is kept, and nothing runs where it is shown. */
const ANSWER_HEADERS = {
  "cache-control": "private, no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
};

function finish(response: Response, requestId: string): Response {
  response.headers.set("x-request-id", requestId);
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}
