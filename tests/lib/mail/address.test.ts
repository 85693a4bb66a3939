import { describe, expect, test } from "vitest";
import { isPlainAddress } from "@/lib/mail/address";

describe("isPlainAddress", () => {
  test.each(["a@x", "o'brien+tag=1@sub.example.com", "a..b.@docomo.example", "x_y-z@ex-ample.co"])(
    "accepts %s",
    (address) => expect(isPlainAddress(address)).toBe(true),
  );

  test.each([
    "",
    "a",
    "@x",
    "a@",
    "a@x,b@y",
    "a@x b@y",
    "a b@x",
    "<a@x>",
    '"a b"@x',
    "a(c)@x",
    "a@x\n",
    "a@-x.com",
    "a@x..com",
    "a@b@c",
    "ü@x.example",
    "a@[127.0.0.1]",
    `${"a".repeat(65)}@x`,
    `a@${"x.".repeat(130)}com`,
    "Group: a@x;",
  ])("refuses %j", (address) => expect(isPlainAddress(address)).toBe(false));
});
