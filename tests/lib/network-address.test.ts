import { expect, test } from "vitest";
import { isPublicAddress, networkOf } from "@/lib/network-address";

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

test.each(["198.51.100.7", "::ffff:203.0.113.9", "2001:db8::1", "172.32.0.1", "192.169.0.1"])(
  "%s is one machine's on the internet",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ...[
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "240.0.0.1",
  ],
  ...["::ffff:10.0.0.1", "::ffff:a00:1", "::1", "::", "fd00::1", "fe80::1", "unknown", ""],
])("%s is not", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
