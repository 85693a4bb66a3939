import "server-only";
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
