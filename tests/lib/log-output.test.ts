import { execFile } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

const tsx = path.resolve("node_modules", ".bin", "tsx");
const noisy = path.resolve("tests", "support", "desk", "noisy-process.ts");
const SECRET = 'cron-"secret"\\of-the-tests';

type Line = { level: number; msg?: string; err?: { message: string } };

/** The exit code of a process that prints in every way, and each line of its outputs, which must all be of the log. */
function run(end: string): Promise<{ code: number; lines: Line[]; text: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_ENV: "production" as const, LOG_LEVEL: "trace", CRON_SECRET: SECRET };
    execFile(tsx, ["--conditions=react-server", noisy, end], { env }, (error, stdout, stderr) => {
      try {
        const lines = `${stdout}${stderr}`.split("\n").filter((line) => line !== "");
        resolve({
          code: typeof error?.code === "number" ? error.code : 0,
          lines: lines.map((line): Line => JSON.parse(line)),
          text: lines.join("\n"),
        });
      } catch (unparsed) {
        reject(new Error(`not a line of the log:\n${stdout}${stderr}`, { cause: unparsed }));
      }
    });
  });
}

test("all that a process prints is a line of the log each, redacted, on whatever way it was printed", async () => {
  const { lines, text } = await run("");
  const said = lines.map(({ msg, err }) => `${msg ?? ""}${err?.message ?? ""}`);
  for (const part of ["plain line", "first line\n", "coloured and formatted", "half a line", "as bytes"])
    expect(said).toContainEqual(expect.stringContaining(part));
  for (const part of ["with a callback", "called back", "rows", "on\ntwo lines"])
    expect(said).toContainEqual(expect.stringContaining(part));
  expect(lines.filter(({ msg }) => msg === "forged")).toEqual([]);
  expect(text).toContain("secret [redacted] and a token Bearer [redacted]");
  for (const part of ["cron-", "of-the-tests", "abc.def", "\\u001b"]) expect(text).not.toContain(part);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(20_000);
});

test.each(["throw", "reject"])("an error that ends the process (%s) is one line too", async (end) => {
  const { code, lines } = await run(end);
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatchObject({
    level: 60,
    err: { message: expect.stringMatching(/nobody's code$/) },
  });
});
