import "server-only";
import { IdempotencyKey } from "@/lib/api/contracts";
import { parse } from "./body";
import { Refusal } from "./refusal";

/** The request's idempotency key, from its header or its body. Refuses with 400 where both name one and they differ. */
export function idempotencyKey(request: Request, fromBody: string | undefined): string | undefined {
  const header = request.headers.get("idempotency-key");
  if (header === null) return fromBody;
  const key = parse(header, IdempotencyKey);
  if (fromBody !== undefined && fromBody !== key) {
    throw new Refusal(
      "invalid_request",
      "The Idempotency-Key header and idempotencyKey differ. Send one of them.",
      {
        issues: [{ path: "idempotencyKey", message: "Differs from the Idempotency-Key header." }],
      },
    );
  }
  return key;
}
