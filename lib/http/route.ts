import "server-only";
import { randomUUID } from "node:crypto";
import { MEMBER_HEADER } from "@/lib/api/contracts";
import { sentenceOf, type TicketFailure } from "@/lib/api/refusals";
import type { Role, TeamMember } from "@/lib/api/vocabulary";
import { getMember } from "@/lib/auth";
import {
  accessOf,
  hasRole,
  type BearerRoute,
  type BearerSecret,
  type PublicRoute,
  type RouteKey,
  type ROUTES,
  type TeamRoute,
} from "@/lib/auth/access";
import { env } from "@/lib/env";
import { keepPace } from "@/lib/pace";
import type { Result } from "@/lib/result";
import { connectDb } from "@/lib/store/db";
import { addressOf } from "./address";
import { assertBearer } from "./bearer";
import { ANSWER_HEADERS, compressed, json } from "./json";
import { assertSameOrigin } from "./origin";
import { Refusal } from "./refusal";
import { renderError } from "./render-error";
import { paceOf } from "./route-pace";
import { STATUS_OF } from "./status";

/** Next's second argument of a route handler. */
export type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type Handler<Extra extends unknown[]> = (request: Request, ...extra: Extra) => Promise<Response>;
type TeamHandler = Handler<[member: TeamMember, context: RouteContext]>;
/** A handler as Next calls it. `route` is its entry in lib/auth/access.ts. */
export type RouteHandler = ((request: Request, context: RouteContext) => Promise<Response>) & {
  route?: RouteKey;
};

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * A route for members with at least the role in the access table. Refuses with 401 a request without a session, and
 * with 403 a stranger's session, too low a role, and a change requested from another origin. Renders every error. Does
 * not rely on proxy.ts. The database is connected when `handler` runs.
 */
export function withTeamMember(route: TeamRoute, handler: TeamHandler): RouteHandler {
  const pace = paceOf(route);
  const paced: TeamHandler = async (request, member, context) => {
    if (pace) await keepPace(pace, `${route} ${member.id}`);
    return handler(request, member, context);
  };
  return tagged(route, withRole(accessOf(route), paced));
}

/**
 * Refuses a request of a page that was made for another member. In one browser somebody else may have signed in since, and
 * must not act by a press of the person before.
 */
export function assertMember({ id }: TeamMember, pageOf: string | null | undefined): void {
  if (pageOf === null || pageOf === undefined || pageOf === id) return;
  throw new Refusal(
    "other_member",
    "Somebody else has signed in here since. Reload the page to go on as them.",
  );
}

/** Like `withTeamMember`, with the required role passed in. */
export function withRole(needed: Role, handler: TeamHandler): RouteHandler {
  return withErrors(async (request, context) => {
    if (!SAFE_METHODS.has(request.method)) assertSameOrigin(request);
    let counted: Promise<void> | null = null;
    const countAddress = () => (counted ??= keepPace("closed", addressOf(request.headers)));
    const identity = await getMember(request, countAddress);
    if (identity.state !== "member") await countAddress();
    if (identity.state === "signed_out") throw new Refusal("unauthenticated", "Sign in to continue.");
    if (identity.state === "not_on_team") {
      throw new Refusal("not_on_team", "Your account is not on this team. Ask an admin to add you.");
    }
    const { member } = identity;
    assertMember(member, request.headers.get(MEMBER_HEADER));
    if (!hasRole(member.role, needed)) {
      await keepPace("closed", member.id);
      throw new Refusal(
        "forbidden",
        needed === "admin" ? "Only an admin may do this." : "You may look, but not change anything.",
      );
    }
    return handler(request, member, context);
  });
}

/**
 * A route for a program with the secret that the access table names. Refuses everybody else with 401, even while the
 * database is away. The database is connected when `handler` runs.
 */
export function withBearer(route: BearerRoute, handler: Handler<[context: RouteContext]>): RouteHandler {
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
    await connectDb();
    return handler(request, context);
  });
  return tagged(route, guarded);
}

function secretOf(access: (typeof ROUTES)[BearerRoute]): BearerSecret {
  // Sound by the table's type: such an entry is "bearer:" and the name of a variable.
  return access.slice("bearer:".length) as BearerSecret;
}

/** A route for everybody. Does not connect the database. */
export function withAnybody(route: PublicRoute, handler: Handler<[context: RouteContext]>): RouteHandler {
  accessOf(route);
  const pace = paceOf(route);
  const paced = withErrors(async (request, context) => {
    if (pace) await keepPace(pace, `${route} ${addressOf(request.headers)}`);
    return handler(request, context);
  });
  return tagged(route, paced);
}

function tagged(route: RouteKey, handler: RouteHandler): RouteHandler {
  return Object.assign(handler, { route });
}

/**
 * Renders every error thrown in `handler`, and adds the request id and the default headers to each answer. Lets
 * everybody in: a route uses one of the wrappers above.
 */
export function withErrors(handler: Handler<[context: RouteContext]>): RouteHandler {
  return async (request, context) => {
    const requestId = randomUUID();
    let response: Response;
    try {
      response = compressed(await handler(request, context), request);
    } catch (error) {
      response = renderError(error, request, requestId);
    }
    response.headers.set("x-request-id", requestId);
    for (const [name, value] of Object.entries(ANSWER_HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}

/** A 200 with `body` as JSON. */
export function answer<Body>(body: Body): Response {
  return json(body);
}

/** A verb's outcome as an answer: `toBody` of its value with `status`, or the refusal's sentence, reason and facts. */
export function respond<Value>(
  outcome: Result<Value, TicketFailure>,
  toBody: (value: Value) => unknown,
  status: number | ((value: Value) => number) = 200,
): Response {
  if (outcome.ok) {
    return json(toBody(outcome.value), typeof status === "number" ? status : status(outcome.value));
  }
  const { reason, ...facts } = outcome.failure;
  return json({ error: sentenceOf(outcome.failure), reason, ...facts }, STATUS_OF[reason]);
}

/** Redirects to `path` of this site with a GET. */
export function seeOther(path: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { ...headers, location: path } });
}
