import "server-only";
import { env } from "@/lib/env";
import { networkOf } from "@/lib/network-address";
import { peerOf } from "@/lib/peer";

/**
 * The address of a request's sender; for IPv6 its 64-bit network. With TRUSTED_PROXY_HOPS, the address that the
 * outermost of that many proxies of ours saw; otherwise X-Forwarded-For is ignored, since anybody can send it.
 * "unknown" if the server does not give one.
 */
export function addressOf(headers: Headers): string {
  const peer = peerOf(headers) ?? "unknown";
  const { TRUSTED_PROXY_HOPS: hops } = env();
  if (hops === 0) return networkOf(peer);
  const forwarded = headers.get("x-forwarded-for")?.split(",") ?? [];
  return networkOf(forwarded.at(-hops)?.trim() || peer);
}
