import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const serve = path.resolve("scripts", "serve.mjs");

type Ended = { code: number | null; said: string };

/** Runs the server in a folder without a build, and so without a chance to serve: a right start ends with 1 there. */
async function start(args: string[], env: Record<string, string>, dotenv = ""): Promise<Ended> {
  const cwd = await mkdtemp(path.join(tmpdir(), "serve-"));
  await writeFile(path.join(cwd, ".env"), dotenv);
  const { AUTH_MODE: _, ...rest } = process.env;
  const child = spawn(process.execPath, [serve, "-p", "0", ...args], {
    cwd,
    env: { ...rest, NODE_ENV: "production", ...env },
  });
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, said: out + err };
}

const DEMO = { AUTH_MODE: "demo" };
const SENTENCE = /^AUTH_MODE=demo lets anybody in.* -H localhost/;

test.each([
  ["without a host name", []],
  ["on all addresses", ["-H", "0.0.0.0"]],
  ["on all addresses of IPv6", ["-H", "::"]],
  ["on an address of a network", ["-H", "192.0.2.1"]],
  ["on a name that only begins like this machine", ["-H", "localhost.example"]],
])("the demo refuses to listen %s, and says how to start it", async (_, args) => {
  const { code, said } = await start(args, DEMO);
  expect(code).toBe(78);
  expect(said).toMatch(SENTENCE);
});

test("the demo refuses likewise if .env asks for it", async () => {
  const { code, said } = await start([], {}, "AUTH_MODE=demo\n");
  expect(code).toBe(78);
  expect(said).toMatch(SENTENCE);
});

test.each(["localhost", "127.0.0.1", "::1"])("the demo may listen on %s", async (hostname) => {
  const { said } = await start(["-H", hostname], DEMO);
  expect(said).not.toMatch(SENTENCE);
});

test("Clerk's desk may listen on all addresses", async () => {
  const { said } = await start([], {});
  expect(said).not.toMatch(SENTENCE);
});
