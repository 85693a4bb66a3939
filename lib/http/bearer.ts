import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { Refusal } from "./refusal";

/**
 * Refuses with 401 whoever does not bring `secret` as a bearer token, in a time that tells nothing about it. Where no
 * secret is configured the address is closed, not open.
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
