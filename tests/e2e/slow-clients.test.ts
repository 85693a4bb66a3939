import { connect, type Socket } from "node:net";
import { expect, inject, test } from "vitest";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";

const { url } = inject("app");

/** A client that begins a request and then sends a byte every half second; says when it was cut off, and how. */
function dawdle(beginning: string): Promise<{ seconds: number; answer: string }> {
  return new Promise((resolve) => {
    const started = performance.now();
    let answer = "";
    const socket: Socket = connect(Number(new URL(url).port), "localhost", () => socket.write(beginning));
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
  const cookie = await demoCookie("user_demo_priya");
  const headers = Array.from({ length: 200 }, () => dawdle("GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
  const body = dawdle(
    `POST /api/emails/claim HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"`,
  );
  for (let turn = 0; turn < 20; turn += 1) {
    const started = performance.now();
    const response = await fetch(`${url}/api/emails/tickets`, { headers: { cookie } });
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
