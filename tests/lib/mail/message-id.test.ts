import { describe, expect, test } from "vitest";
import { aliasId, isMessageId, normaliseMessageId } from "@/lib/mail/message-id";

describe("normaliseMessageId", () => {
  test.each([
    ["<a@example.com>", "a@example.com"],
    [" < a@\r\n example.com > ", "a@example.com"],
    ["A@Example.com", "A@Example.com"],
    ["<a\u0000@\u202Eexample.com>", "a@example.com"],
    ["<>", null],
    ["", null],
    [null, null],
    [undefined, null],
  ])("reads %j as %j", (value, expected) => {
    expect(normaliseMessageId(value)).toBe(expected);
  });
});

describe("aliasId", () => {
  test("is the same with and without brackets, and in any case of the inbox", () => {
    expect(aliasId("Support@Desk.example", "<a@example.com>")).toBe(
      aliasId("support@desk.example", "a@example.com"),
    );
  });

  test("differs by inbox, by id and by the id's case", () => {
    const ids = [aliasId("a", "x@y"), aliasId("b", "x@y"), aliasId("a", "X@y"), aliasId("a", "z@y")];
    expect(new Set(ids).size).toBe(4);
  });
});

test("isMessageId accepts one id in brackets and nothing around it", () => {
  for (const id of ["<a.b+c@x.example>", "<20261127.ABC.mailer>"]) expect(isMessageId(id)).toBe(true);
  for (const id of [
    "a@x",
    "<a@x> <b@x>",
    "<a@x>\n",
    "<>",
    "<a b@x>",
    "<a\u0000@x>",
    "<ü@x>",
    `<${"a".repeat(999)}@x>`,
  ]) {
    expect(isMessageId(id)).toBe(false);
  }
});
