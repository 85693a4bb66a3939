import "server-only";
import { isIPv6 } from "node:net";
import { env } from "@/lib/env";

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

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const first = head.split(":").filter(Boolean);
  const last = tail?.split(":").filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
    .join(":");
}
