import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "@/scripts/ports";
import { databaseUri } from "@/tests/support/database/database-uri";

let app: ChildProcess;
let url = "";

// The built app under Next's own server, which does not say who is connected, on an address that others can reach.
beforeAll(async () => {
  const port = await freePort(5_700);
  url = `http://localhost:${port}`;
  const next = path.resolve("node_modules", "next", "dist", "bin", "next");
  app = spawn(process.execPath, [next, "start", "-H", "0.0.0.0", "-p", String(port)], {
    env: {
      ...process.env,
      NODE_ENV: "production",
      MONGODB_URI: databaseUri("demo_door"),
      AUTH_MODE: "demo",
      RATE_LIMIT_FACTOR: "1000",
    },
    stdio: "ignore",
  });
  const isUp = () =>
    fetch(`${url}/api/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  await vi.waitUntil(isUp, { timeout: 60_000, interval: 200 });
});

afterAll(
  () =>
    new Promise<void>((resolve) => {
      app.once("exit", () => resolve());
      app.kill("SIGTERM");
    }),
);

const CLAIMS: Record<string, string>[] = [
  {},
  { "x-desk-peer": "127.0.0.1" },
  { "x-desk-peer": "undefined 127.0.0.1" },
  { "x-desk-peer": " 127.0.0.1", "x-forwarded-for": "127.0.0.1" },
];

test.each(CLAIMS)("nobody signs in to the demo under another server, not even with %j", async (claim) => {
  const entered = await fetch(`${url}/api/demo/session`, {
    method: "POST",
    redirect: "manual",
    headers: { ...claim, origin: url },
    body: new URLSearchParams({ member: "user_demo_maya" }),
  });
  expect(entered.status).toBe(403);
  expect(entered.headers.get("set-cookie")).toBeNull();
  expect((await fetch(`${url}/sign-in`, { headers: claim })).status).toBe(503);
});
