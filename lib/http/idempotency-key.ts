import "server-only";
import { sha256 } from "@/lib/hash";
import { IdempotencyKey } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { parse } from "./body";
import { Refusal } from "./refusal";

/** The request's idempotency key, from its header or its body. Refuses with 400 if both are given and differ. */
export function readIdempotencyKey(request: Request, fromBody?: string): string | undefined {
  const header = request.headers.get("idempotency-key");
  if (header === null) return fromBody;
  const key = parse(header, IdempotencyKey);
  if (fromBody === undefined || fromBody === key) return key;
  throw new Refusal(
    "invalid_request",
    "The Idempotency-Key header and idempotencyKey differ. Send one of them.",
    { issues: [{ path: "idempotencyKey", message: "Differs from the Idempotency-Key header." }] },
  );
}

/**
 * The operation id of a request with an `Idempotency-Key` header, or undefined without one. The same member, path and
 * key give the same id, so a retry is recognised; two members never share one.
 */
export function readOperation(request: Request, member: TeamMember): string | undefined {
  const key = readIdempotencyKey(request);
  if (key === undefined) return undefined;
  return sha256([member.id, new URL(request.url).pathname, key]);
}
