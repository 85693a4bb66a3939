// `npm start`: the built app behind a server of its own, which ends politely and does not wait on slow clients.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import next from "next";

const { values } = parseArgs({
  options: {
    port: { type: "string", short: "p", default: process.env.PORT ?? "3000" },
    // No address means all of them; a container needs that, the demo says localhost.
    hostname: { type: "string", short: "H" },
  },
});
const port = Number(values.port);

/** Longest time a request under way may still take once the process was told to stop, in milliseconds. */
const DRAIN_MS = 25_000;

const app = next({ dev: false, hostname: values.hostname ?? "localhost", port });
await app.prepare();
const handle = app.getRequestHandler();

const server = createServer(
  { headersTimeout: 15_000, requestTimeout: 120_000, keepAliveTimeout: 10_000, maxHeaderSize: 32 * 1024 },
  (request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  },
);

server.on("error", (error) => {
  console.error(error.code === "EADDRINUSE" ? `Port ${port} is taken.` : String(error));
  process.exit(1);
});
server.listen(port, values.hostname, () => console.log(`Claimdesk listens on port ${port}.`));

// Shared with the app in this process; see lib/start.ts.
const running = () => globalThis[Symbol.for("claimdesk.running")];

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  const followers = running()?.stop?.();
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await Promise.all([closed, followers]);
  clearTimeout(late);
  await app.close();
  process.exit(0);
}
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
