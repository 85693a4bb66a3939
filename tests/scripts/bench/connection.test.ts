import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Connection } from "@/scripts/bench/connection";

// Answers what the path says, byte by byte or at once, so that an answer comes in many parts or in one.
const BODIES: Record<string, Buffer> = {
  "/short": Buffer.from("{}"),
  "/long": Buffer.alloc(300_000, "x"),
  "/compressed": gzipSync(Buffer.alloc(100_000, "0\r\n\r\n")),
};
const server = createServer((request, response) => {
  const body = BODIES[request.url?.replace("/chunked", "") ?? ""];
  if (!body) return void response.writeHead(404).end();
  if (!request.url?.startsWith("/chunked")) response.setHeader("content-length", body.length);
  response.write(body.subarray(0, 1));
  setImmediate(() => response.end(body.subarray(1)));
});
let origin: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: desk\r\n\r\n`;

test("the load's connection finds the end of every kind of answer, one after the other", async () => {
  const connection = await Connection.open(origin);
  for (const path of Object.keys(BODIES)) {
    for (const way of ["", "/chunked"]) {
      const answer = await connection.send(get(way + path));
      expect(answer.status, way + path).toBe(200);
      expect(answer.bytes, way + path).toBeGreaterThan(BODIES[path]?.length ?? 0);
    }
  }
  expect(await connection.send(get("/none"))).toMatchObject({ status: 404 });
  connection.close();
});

test("a request whose server goes away fails", async () => {
  const gone = createServer((request) => request.socket.destroy());
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  const connection = await Connection.open(`http://127.0.0.1:${port}`);
  await expect(connection.send(get("/"))).rejects.toThrow();
  gone.close();
});
