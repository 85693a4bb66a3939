// `npm start`: the built app behind a server of its own, which ends politely and does not wait on slow clients.
import { createServer, ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import next from "next";
import { HSTS, SECURITY_HEADERS, UNFRAMED_HEADERS } from "./security-headers.mjs";

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

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const HEADERS = Object.entries({
  ...SECURITY_HEADERS,
  ...UNFRAMED_HEADERS,
  "cache-control": "private, no-store",
  ...(process.env.APP_URL?.startsWith("https:") ? { "strict-transport-security": HSTS } : {}),
});

/** Connections with an answer under way, into which nothing else may be written. */
const answering = new WeakSet();

/** Carries the headers of every answer, but for those it was given; also where Node answers before asking us. */
class DeskResponse extends ServerResponse {
  writeHead(...args) {
    for (const [name, value] of HEADERS) if (!this.hasHeader(name)) this.setHeader(name, value);
    return super.writeHead(...args);
  }
}

/** Longest address taken, in characters: several times the longest of ours. */
const ADDRESS_MAX = 8_192;

/** Why this request is nothing for Next, as a status and the headers that belong to it; null where it is. */
function refusalOf({ method, url }) {
  // TRACE would repeat the request, cookies and all; Next has no answer to the rest either.
  if (!METHODS.has(method)) return [405, { allow: [...METHODS].join(", ") }];
  if (url.length > ADDRESS_MAX) return [414, {}];
  // Next answers 500 where a part that it reads an id from is no text.
  return isReadable(url.split("?")[0]) ? null : [400, {}];
}

function isReadable(path) {
  try {
    return decodeURIComponent(path) !== null;
  } catch {
    return false;
  }
}

const TIMES = { headersTimeout: 15_000, requestTimeout: 120_000, keepAliveTimeout: 10_000 };

const server = createServer(
  { ...TIMES, maxHeaderSize: 32 * 1024, ServerResponse: DeskResponse },
  (request, response) => {
    answering.add(request.socket);
    // See lib/http/address.ts: a route cannot see the connection.
    request.headers["x-desk-peer"] = request.socket.remoteAddress ?? "unknown";
    response.once("close", () => answering.delete(request.socket));
    const refusal = refusalOf(request);
    if (refusal) {
      const [status, headers] = refusal;
      response.writeHead(status, { ...headers, connection: "close" });
      response.end();
      return;
    }
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  },
);

// What is no HTTP, and what took too long: Node's own answer, with our headers. Two things get none: a CONNECT, and an
// upgrade to another protocol, are cut off by Node and by Next, since nothing here has a use for them.
server.on("clientError", (error, socket) => {
  if (!socket.writable || answering.has(socket)) return socket.destroy();
  const status = CLIENT_ERRORS[error.code] ?? "400 Bad Request";
  const headers = [...HEADERS, ["connection", "close"], ["content-length", "0"]];
  socket.end(
    [`HTTP/1.1 ${status}`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n"),
  );
});
const CLIENT_ERRORS = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

server.on("error", (error) => {
  console.error(error.code === "EADDRINUSE" ? `Port ${port} is taken.` : String(error));
  process.exit(1);
});
server.listen(port, values.hostname, () => console.log(`Claimdesk listens on port ${port}.`));

// Shared with the app in this process; see lib/desk/start.ts.
const running = () => globalThis[Symbol.for("claimdesk.running")];

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  const followers = running()?.stop?.();
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection is idle only once its last answer has ended.
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await Promise.all([closed, followers]);
  clearInterval(sweep);
  clearTimeout(late);
  await app.close();
  process.exit(0);
}
process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
