import "server-only";
import { Refusal } from "./refusal";
import { withErrors, type Wrapped } from "./route";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof METHODS)[number];
/** OPTIONS is answered for every route, and HEAD wherever GET is: Next derives it. */
type Other<Has extends Method> = Exclude<Method, Has | ("GET" extends Has ? "HEAD" : never)>;

/**
 * Handlers for every method a route does not have, to be exported beside those it has: 405 with `Allow` and the body
 * of a refusal, where Next alone would answer with an empty one. OPTIONS says what there is.
 */
export function otherMethods<Has extends Exclude<Method, "HEAD" | "OPTIONS">>(
  ...has: Has[]
): Record<Other<Has>, Wrapped> {
  const allow = [...has, ...(has.some((method) => method === "GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const refuse = withErrors(
    async () => {
      throw new Refusal("method_not_allowed", `This address answers ${has.join(", ")} only.`, {}, { allow });
    },
    { database: false },
  );
  const tell = withErrors(async () => new Response(null, { status: 204, headers: { allow } }), {
    database: false,
  });
  const others = METHODS.map((method) => [method, method === "OPTIONS" ? tell : refuse]);
  // Sound because every method is a key; the type leaves out those the route itself exports.
  return Object.fromEntries(others) as Record<Other<Has>, Wrapped>;
}
