import "server-only";
import { BlockList, isIP, isIPv6 } from "node:net";

/**
 * The network that an address is counted under: for IPv6 its first 64 bits, which one sender may have all to itself; for
 * IPv4, also one written as IPv6, the address. A port is left out. Anything else is returned as it is, cut at 64
 * characters.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
  if (!isIPv6(bare)) return bare.slice(0, 64);
  const groups = groupsOf(bare);
  if (!/^(0 ){5}ffff /.test(groups.join(" "))) return groups.slice(0, 4).join(":");
  const bytes = Buffer.from(
    groups
      .slice(6)
      .map((group) => group.padStart(4, "0"))
      .join(""),
    "hex",
  );
  return bytes.join(".");
}

/** True if `address`, with or without a port, is one of this machine's own that no other machine can send from. */
export function isLoopbackAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, "$1");
  if (isIPv6(bare) && groupsOf(bare).join(":") === "0:0:0:0:0:0:0:1") return true;
  return /^127(\.\d{1,3}){3}$/.test(networkOf(address));
}

/** True if `address`, without a port, is one that only one machine on the internet has. */
export function isPublicAddress(address: string): boolean {
  const bare = networkOf(address).includes(".") ? networkOf(address) : address;
  const family = isIP(bare);
  return family !== 0 && !NOT_PUBLIC.check(bare, family === 6 ? "ipv6" : "ipv4");
}

/** Networks of one machine, one house or one provider (RFC 6890). */
const NOT_PUBLIC = new BlockList();
for (const [network, bits] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const),
] as const)
  NOT_PUBLIC.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, "ipv6");

/** The eight groups of an IPv6 address in lower case without leading zeros. */
function groupsOf(address: string): string[] {
  // The URL parser knows every spelling and shortens the longest run of zeros.
  const canonical = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1);
  const [first = [], last = []] = canonical.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => "0");
  return [...first, ...zeros, ...last];
}
