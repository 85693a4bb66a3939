import { expect, test } from "vitest";
import { networkOf } from "@/lib/network-address";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["192.0.2.7:50123", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::ffff:c000:207", "192.0.2.7"],
  ["0:0:0:0:0:FFFF:192.0.2.7", "192.0.2.7"],
  ["2001:DB8:0:7::1", "2001:db8:0:7"],
  ["2001:db8:0:7:ffff:1:2:3", "2001:db8:0:7"],
  ["[2001:db8:0:7::2]:443", "2001:db8:0:7"],
  ["2001:0db8::7:0:0:0:9", "2001:db8:0:7"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["::1", "0:0:0:0"],
  ["unknown", "unknown"],
  ["x".repeat(100), "x".repeat(64)],
])("%s is counted as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
