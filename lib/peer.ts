import "server-only";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { processSingleton } from "./process-singleton";

/** Header in which scripts/serve.mjs writes its token and the address of the connection, over anything a client sent. */
export const PEER_HEADER = "x-desk-peer";

/**
 * Proves that scripts/serve.mjs wrote the header: it makes the token for its own process before the app starts. Under
 * another server nobody knows the token, so the header is never believed.
 */
const serverToken = () => processSingleton("peer-token", () => randomBytes(32).toString("hex"));

/** The address of the connection that a request came by; null if the server does not give one. */
export function peerOf(headers: Headers): string | null {
  const [token = "", address] = headers.get(PEER_HEADER)?.split(" ") ?? [];
  const [given, expected] = [Buffer.from(token), Buffer.from(serverToken())];
  const isServers = given.length === expected.length && timingSafeEqual(given, expected);
  return isServers && address ? address : null;
}
