import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal } from "./refusal";

/**
 * Refuses with 401 a request without `secret` as its bearer token, and every request if `secret` is not configured.
 * Compares in constant time.
 */
export function assertBearer(request: Request, secret: string | undefined): void {
  const [scheme = "", token = ""] = (request.headers.get("authorization") ?? "").split(/ +/, 2);
  const isRight = secret !== undefined && timingSafeEqual(digest(token), digest(secret));
  if (isRight && scheme.toLowerCase() === "bearer") return;
  throw new Refusal(
    "unauthenticated",
    "Send the right token as Authorization: Bearer.",
    {},
    { "www-authenticate": "Bearer" },
  );
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
