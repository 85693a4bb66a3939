import "server-only";
import { createHash } from "node:crypto";
import { IdempotencyKey } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { parse } from "./body";

/**
 * The operation id of a request that carries an `Idempotency-Key`, or nothing. The same member, route and key give
 * the same id, so that a repeated request is recognised; two members can never meet in one.
 */
export function readOperation(request: Request, member: TeamMember): string | undefined {
  const header = request.headers.get("idempotency-key");
  if (header === null) return undefined;
  const key = parse(header, IdempotencyKey);
  const route = new URL(request.url).pathname;
  return createHash("sha256")
    .update(JSON.stringify([member.id, route, key]))
    .digest("hex");
}
