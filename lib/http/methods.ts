import "server-only";
import { keepPace } from "@/lib/pace";
import { addressOf } from "./address";
import { Refusal } from "./refusal";
import { withErrors, type RouteHandler } from "./route";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof METHODS)[number];
/** OPTIONS is answered for every route. HEAD belongs to GET: Next derives it. */
type Other<Has extends Method> = Exclude<Method, Has | ("GET" extends Has ? "HEAD" : never)>;

/**
 * Handlers for the methods that a route does not have, to be exported beside its own: 405 with `Allow` and a refusal,
 * because Next alone would send an empty body. OPTIONS lists the methods.
 */
export function otherMethods<Has extends Exclude<Method, "HEAD" | "OPTIONS">>(
  ...has: Has[]
): Record<Other<Has>, RouteHandler> {
  const allow = [...has, ...(has.some((method) => method === "GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const refuse = withErrors(async () => {
    throw new Refusal("method_not_allowed", `This address answers ${has.join(", ")} only.`, {}, { allow });
  });
  const listMethods = withErrors(async () => new Response(null, { status: 204, headers: { allow } }));
  const others = METHODS.map((method) => [method, method === "OPTIONS" ? listMethods : refuse]);
  // Sound because every method is a key; the type leaves out those the route itself exports.
  return Object.fromEntries(others) as Record<Other<Has>, RouteHandler>;
}

/**
 * Handlers of every method for the addresses below /api that have no route: 404, counted for the sender's address. Without
 * them Next would make a page of the answer, and look for a server action in what was sent.
 */
export function noSuchRoute(): Record<Method, RouteHandler> {
  const refuse = withErrors(async (request) => {
    await keepPace("closed", addressOf(request.headers));
    throw new Refusal("not_found", "There is nothing at this address.");
  });
  // Sound because every method is a key.
  return Object.fromEntries(METHODS.map((method) => [method, refuse])) as Record<Method, RouteHandler>;
}
