import { createHash } from "node:crypto";

/** sha256 of a text, or of a value as JSON, in hexadecimal. */
export function sha256(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return createHash("sha256").update(text).digest("hex");
}
