import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseUri } from "@/tests/support/database/database-uri";
import {
  bearer,
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";

let app: AppProcess;

beforeAll(async () => {
  const env = teamEnvironment({ MONGODB_URI: databaseUri("slow_clients") });
  await createIndexesIn(env);
  app = await startTeamApp(env);
});

afterAll(() => app.stop());

/** Sends a request a byte every half second until it is cut off. Returns the time it took and the answer. */
function dawdle(beginning: string): Promise<{ seconds: number; answer: string }> {
  return new Promise((resolve) => {
    const started = performance.now();
    let answer = "";
    const socket: Socket = connect(Number(new URL(app.url).port), "localhost", () => socket.write(beginning));
    const drip = setInterval(() => socket.writable && socket.write("x"), 500);
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(drip);
      resolve({ seconds: (performance.now() - started) / 1_000, answer });
    });
  });
}

test("clients that send their request a byte at a time are cut off, while others are served", async () => {
  const authorization = bearer("priya");
  const headers = Array.from({ length: 200 }, () => dawdle("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
  const body = dawdle(
    `POST /api/emails/claim HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"`,
  );
  for (let turn = 0; turn < 20; turn += 1) {
    const started = performance.now();
    const response = await fetch(`${app.url}/api/emails/tickets`, { headers: { authorization } });
    expect(response.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(3_000);
  }
  for (const { seconds, answer } of await Promise.all(headers)) {
    expect(seconds).toBeLessThan(50);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  }
  const cut = await body;
  expect(cut.answer).toMatch(/^HTTP\/1.1 408 /);
  expect(cut.seconds).toBeLessThan(40);
});
