import "server-only";
import { env } from "@/lib/env";
import { networkOf } from "@/lib/network-address";

/** Header in which scripts/serve.mjs puts the connection's address, over anything the client sent there. */
export const PEER_HEADER = "x-desk-peer";

/**
 * The address of a request's sender; for IPv6 its 64-bit network. With TRUSTED_PROXY_HOPS, the address that the
 * outermost of that many proxies of ours saw; otherwise X-Forwarded-For is ignored, since anybody can send it.
 * "unknown" if the server does not give one.
 */
export function addressOf(headers: Headers): string {
  const peer = headers.get(PEER_HEADER) ?? "unknown";
  const { TRUSTED_PROXY_HOPS: hops } = env();
  if (hops === 0) return networkOf(peer);
  const forwarded = headers.get("x-forwarded-for")?.split(",") ?? [];
  return networkOf(forwarded.at(-hops)?.trim() || peer);
}
