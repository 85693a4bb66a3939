import { createHmac, randomUUID } from "node:crypto";

const KEY: Buffer = Buffer.from("a-signing-key-of-the-tests-of-32");
export const WEBHOOK_SECRET = `whsec_${KEY.toString("base64")}`;

type Signing = { id?: string; at?: number | string; key?: Buffer };

/** The signature of a body as Svix makes it: HMAC-SHA256 over id, time in seconds, and body. */
export function signatureOf(body: string | Buffer, id: string, at: number | string, key = KEY): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest("base64")}`;
}

/** The headers of a signed request. */
export function signedHeaders(
  body: string | Buffer,
  { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1_000), key }: Signing = {},
): Record<string, string> {
  return { "svix-id": id, "svix-timestamp": String(at), "svix-signature": signatureOf(body, id, at, key) };
}
