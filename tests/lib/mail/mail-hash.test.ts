import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { identifyMail, WORK_BYTES } from "@/lib/mail/mail-hash";

const INBOX = "support@desk.example";
const MB = 1024 * 1024;
const hashOf = async (...parts: Uint8Array[]) => (await identifyMail(INBOX, parts)).hash;
const filled = (pattern: string, length = 40 * MB) => Buffer.alloc(length, pattern, "latin1");

/** The mail cut at the given places. */
function cut(mail: Buffer, places: number[]): Buffer[] {
  const ordered = [0, ...places.map((place) => place % (mail.length + 1)).sort((a, b) => a - b), mail.length];
  return ordered.slice(1).map((place, index) => mail.subarray(ordered[index], place));
}

describe("identifyMail", () => {
  test("gives a mail one hash, wherever the borders of its parts are", async () => {
    const pieces = fc.constantFrom("\r\n", "\r", "\n", "a", "Received: x", "\r\n\r\n", "\0\xff");
    const mail = fc
      .tuple(
        fc.constantFrom("From: a@b\r\n\r\n", "From: a@b\r\nDate: ", ""),
        fc.array(pieces, { maxLength: 30 }),
      )
      .map(([head, rest]) => Buffer.from(head + rest.join(""), "latin1"));
    await fc.assert(
      fc.asyncProperty(mail, fc.array(fc.nat(), { maxLength: 8 }), async (whole, places) => {
        expect(await hashOf(...cut(whole, places))).toBe(await hashOf(whole));
      }),
      { numRuns: 500 },
    );
  });

  test("takes CRLF for LF also at the borders of the pieces it works on", async () => {
    const head = "From: a@example.com\r\n\r\n";
    // The pieces begin at the line end before the empty line.
    const body = Buffer.concat([filled("x", WORK_BYTES - 5), Buffer.from("\r\nnext\r\n\r\n\rlast")]);
    const mail = Buffer.concat([Buffer.from(head), body]);
    const withLf = Buffer.from(mail.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
    expect(await hashOf(mail)).toBe(await hashOf(withLf));
    expect(await hashOf(mail)).not.toBe(
      await hashOf(Buffer.from(`${withLf.toString("latin1")}\r.`, "latin1")),
    );
  });

  test.each([
    ["a Date", "Date: today\nFrom: a@b\n\nx", true],
    ["a folded Message-ID", "From: a@b\r\nMessage-ID:\r\n <a@b>\r\n\r\nx", true],
    ["a Date between bare CRs", "Received: x\rDate: today\r\rx", true],
    ["an empty Date", "From: a@b\nDate: \n\nx", false],
    ["a Date in the body", "From: a@b\n\nDate: today", false],
    ["a Date in a folded line", "From: a@b\n Date: today\n\nx", false],
  ])("says whether a mail is dated: %s", async (_case, mail, isDated) => {
    expect(await identifyMail(INBOX, [Buffer.from(mail)])).toMatchObject({ isDated, isEmpty: false });
  });

  test.each([
    ["short lines without a blank line", "ab\n"],
    ["fields without a blank line", "a:\n"],
    ["trace fields without a blank line", "Received: x\r\n"],
    ["blanks", " "],
    ["line ends", "\r\n"],
    ["bare CRs", "\r"],
    ["one long field", "a"],
  ])(
    "works on 40 MB of %s in pieces of at most 256 KB, with turns of the event loop between",
    async (_case, pattern) => {
      await expectPieces([filled(pattern)]);
    },
  );

  test("works on a large body in such pieces, given whole or in parts", async () => {
    const head = Buffer.from("From: a@example.com\r\n\r\n");
    const body = filled("a\r\n", 40 * MB - head.length);
    await expectPieces([Buffer.concat([head, body])]);
    await expectPieces([
      head,
      ...cut(
        body,
        Array.from({ length: 160 }, (_, index) => index * 261_120),
      ),
    ]);
  });
});

/** Longer than a field's name, and than any text that the test run itself makes meanwhile. */
const TEXT_BYTES = 16 * 1024;

/** Watches the pieces that are hashed, the texts that are made of bytes, and the turns of the event loop meanwhile. */
async function expectPieces(parts: Buffer[]): Promise<void> {
  const hashed: number[] = [];
  const texts: number[] = [];
  const { update } = createHash("sha256").constructor.prototype;
  const updating = vi
    .spyOn(createHash("sha256").constructor.prototype, "update")
    .mockImplementation(function (this: unknown, data: unknown) {
      hashed.push((data as Uint8Array).length);
      return update.call(this, data);
    });
  const { toString } = Buffer.prototype;
  const writing = vi.spyOn(Buffer.prototype, "toString").mockImplementation(function (
    this: Buffer,
    ...args: []
  ) {
    texts.push(this.length);
    return toString.apply(this, args);
  });
  let turns = 0;
  let isDone = false;
  const counting = (async () => {
    for (; !isDone; turns += 1) await nextTurn();
  })();
  await identifyMail(INBOX, parts);
  isDone = true;
  updating.mockRestore();
  writing.mockRestore();
  await counting;
  expect(Math.max(...hashed)).toBeLessThanOrEqual(WORK_BYTES);
  expect(Math.max(0, ...texts)).toBeLessThanOrEqual(TEXT_BYTES);
  expect(turns).toBeGreaterThanOrEqual(159);
}
