import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startClerkApi } from "@/tests/support/clerk/clerk-api";
import { signedByClerk, strangersKey } from "@/tests/support/clerk/clerk-tokens";
import { databaseUri } from "@/tests/support/database/database-uri";
import {
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";

let app: AppProcess;
let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let printed = "";

// The built app with the limits of production, and all that it prints.
beforeAll(async () => {
  clerk = await startClerkApi();
  const env = teamEnvironment({
    MONGODB_URI: databaseUri("strangers"),
    CLERK_API_URL: clerk.url,
    RATE_LIMIT_FACTOR: "1",
    TRUSTED_PROXY_HOPS: "1",
  });
  await createIndexesIn(env);
  app = await startTeamApp(env);
  for (const stream of [app.process.stdout, app.process.stderr]) {
    stream?.on("data", (text: Buffer | string) => (printed += String(text)));
  }
});

afterAll(async () => {
  await app.stop();
  await clerk.close();
});

type Line = { level: number; msg: string };
/** The lines printed meanwhile, each of which must be one of the log. */
async function linesDuring(act: () => Promise<unknown>): Promise<Line[]> {
  await untilPrinted();
  const before = printed.length;
  await act();
  await untilPrinted();
  const lines = printed.slice(before).split("\n").filter(Boolean);
  return lines.map((line): Line => JSON.parse(line));
}

/** Has a request refused, which is logged: what was printed before it has arrived then. */
async function untilPrinted(): Promise<void> {
  const marker = await fetch(`${app.url}/api/team`);
  await expect.poll(() => printed).toMatch(new RegExp(`${marker.headers.get("x-request-id")}.*\\n`));
}

/** The one action that the build has, which is Clerk's; every browser knows its id. */
async function clerksAction(): Promise<string> {
  const manifest = path.resolve(".next", "server", "server-reference-manifest.json");
  return Object.keys(JSON.parse(await readFile(manifest, "utf8")).node)[0] ?? "";
}

let senders = 0;
const post = (address: string, headers: Record<string, string>, body: BodyInit = "[]") =>
  fetch(`${app.url}${address}`, { method: "POST", redirect: "manual", headers, body });

const PLACES = [
  ...["/", "/sign-in", "/dashboard/tickets", "/no/such/page", "/no-such-file.png", "/%61pi/none"],
  ...["/api", "/api/none", "/api/none/at/all", "/api/emails/claim", "/api/health/live"],
  ...["/_next/static/none.js", "/_next/none", "/_next/image", "/icon.svg", "/sign-in/none"],
];

test("a POST that asks for an action is refused wherever it goes, and leaves no stack in the log", async () => {
  const known = await clerksAction();
  const answers: [place: string, status: number][] = [];
  const ask = async (place: string, headers: Record<string, string>, body?: BodyInit) =>
    answers.push([place, (await post(place, headers, body)).status]);
  const lines = await linesDuring(async () => {
    for (const place of PLACES) {
      const from = { "x-forwarded-for": `203.0.113.${(senders += 1)}` };
      const almost = `${known.slice(0, -1)}${known.endsWith("f") ? "0" : "f"}`;
      for (const action of ["0".repeat(42), "x", almost]) {
        await ask(place, { ...from, "next-action": action });
      }
      const form = new FormData();
      form.set("$ACTION_ID_" + "0".repeat(42), "");
      await ask(place, from, form);
      if (!/^\/((sign-in|dashboard)(\/.*)?)?$/.test(place))
        await ask(place, { ...from, "next-action": known });
    }
  });
  expect(answers.filter(([, status]) => ![401, 403, 404, 405, 415].includes(status))).toEqual([]);
  expect(lines.filter(({ level, msg }) => level > 30 || msg !== "refused")).toEqual([]);
});

test.each(["/no/such/page", "/api/none", "/_next/none", "/icon.svg", "/sign-in"])(
  "1,000 such POSTs to %s are counted like everything of a stranger's",
  async (place) => {
    const headers = { "x-forwarded-for": `203.0.113.${(senders += 1)}`, "next-action": "0".repeat(42) };
    const statuses: number[] = [];
    const lines = await linesDuring(async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const answers = Array.from({ length: 50 }, () => post(place, headers));
        for (const answer of await Promise.all(answers)) statuses.push(answer.status);
      }
    });
    // The last of the 600 and the first that is refused may be sent at the same time.
    expect(statuses.slice(0, 550)).not.toContain(429);
    expect(statuses.slice(600, 700)).toContain(429);
    expect(lines.filter(({ level }) => level > 30)).toEqual([]);
  },
);

test("Clerk's own action is answered on a page", async () => {
  const headers = { "x-forwarded-for": `203.0.113.${(senders += 1)}`, "content-type": "text/plain" };
  const { status } = await post("/sign-in", { ...headers, "next-action": await clerksAction() });
  expect(status).toBe(200);
});

test("nobody writes a line of their own into the log, nor more than one line", async () => {
  const forged = '\n{"level":30,"msg":"forged"}\n';
  const token = signedByClerk({ handshake: [forged] }, { key: strangersKey(), header: { kid: forged } });
  const from = { "x-forwarded-for": `203.0.113.${(senders += 1)}` };
  const lines = await linesDuring(async () => {
    await fetch(`${app.url}/sign-in?__clerk_handshake=${token}`, { headers: from });
    await fetch(`${app.url}/sign-in`, { headers: { ...from, cookie: `__clerk_handshake=${token}` } });
    await fetch(`${app.url}/sign-in?__clerk_handshake_nonce=${encodeURIComponent(forged)}`, {
      headers: from,
    });
    await fetch(`${app.url}/sign-in`, { headers: { ...from, authorization: `Bearer ${token}` } });
  });
  expect(lines.filter(({ msg }) => msg === "forged")).toEqual([]);
  expect(lines.filter(({ level }) => level >= 50).length).toBeLessThanOrEqual(4);
});

test("a request that breaks off in the middle of its body leaves no error in the log", async () => {
  const { port } = new URL(app.url);
  const breakOff = (address: string, headers: string[]) =>
    new Promise<void>((resolve) => {
      const head = [
        `POST ${address} HTTP/1.1`,
        "Host: desk.test",
        "Content-Length: 100000",
        ...headers,
        "",
        "x",
      ];
      const socket = connect(Number(port), "localhost", () => socket.write(head.join("\r\n")));
      socket.once("data", () => socket.destroy()).setTimeout(1_000, () => socket.destroy());
      socket.on("close", () => resolve()).on("error", () => {});
    });
  const headers = [`X-Forwarded-For: 203.0.113.${(senders += 1)}`, `Next-Action: ${"0".repeat(42)}`];
  const lines = await linesDuring(() => Promise.all(PLACES.map((place) => breakOff(place, headers))));
  expect(lines.filter(({ level }) => level > 30)).toEqual([]);
});
