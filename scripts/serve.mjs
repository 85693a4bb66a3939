// `npm start`: serves the built app and runs the worker beside it. Finishes requests and work under way before it ends,
// and drops clients that are too slow.
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { existsSync, readFileSync, watch } from "node:fs";
import { createServer, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";
import next from "next";
import { HSTS, SECURITY_HEADERS, UNFRAMED_HEADERS } from "./security-headers.mjs";
import { superviseWorker } from "./supervise.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", short: "p", default: process.env.PORT ?? "3000" },
    // Without a host name it listens on all addresses, as a container needs; the demo passes localhost.
    hostname: { type: "string", short: "H" },
    // Serves the sources with hot reload, for `npm run dev`.
    dev: { type: "boolean", default: false },
  },
});
const port = Number(values.port);
/** EX_CONFIG of sysexits.h: a supervisor should not restart it. */
const EXIT_CONFIG = 78;
const dist = process.env.CLAIMDESK_DIST ?? ".next";
const DEV_WORKER = path.resolve(".cache", "dev-worker", "worker.mjs");
// With a build, esbuild need not be installed.
const { buildWorker } = values.dev ? await import("./build.mjs") : {};

// Next reads .env only when it starts the app, which is too late to refuse.
const { loadEnvConfig } = createRequire(import.meta.resolve("next"))("@next/env");
loadEnvConfig(process.cwd(), values.dev);
if (process.env.AUTH_MODE === "demo" && !isOfThisMachine(values.hostname)) {
  console.error(
    "AUTH_MODE=demo lets anybody in and listens on this machine only: start it with -H localhost (npm start -- -H localhost), or unset AUTH_MODE.",
  );
  process.exit(EXIT_CONFIG);
}

function isOfThisMachine(hostname) {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/.test(hostname ?? "");
}

// Proves to the app, which runs in this process, that the peer header is ours; see lib/peer.ts.
const peerToken = randomBytes(32).toString("hex");
globalThis[Symbol.for("claimdesk.peer-token")] = peerToken;

function bundleSources() {
  buildWorker(DEV_WORKER, { nodeEnv: "development" });
}

function workerToRun() {
  const on = { onUnusable: () => void stop(EXIT_CONFIG), onSignal: () => void stop() };
  if (values.dev) {
    bundleSources();
    return { ...on, file: DEV_WORKER };
  }
  const file = path.resolve(dist, "worker", "worker.mjs");
  if (existsSync(file)) return { ...on, file };
  console.error(`The worker is not built: run npm run build. It is missing at ${file}.`);
  process.exit(EXIT_CONFIG);
}

/** How long requests under way may still take once the process was told to stop, in milliseconds. */
const DRAIN_MS = 25_000;
/** The same for the worker, in milliseconds: a mail server may take 90 s to answer. Leases outlive a cut. */
const WORKER_MS = 100_000;

// With hot reload Next answers upgrades of its own. Otherwise it never sees one: it would ask proxy.ts and then leave the
// socket open for good.
const httpServer = values.dev ? undefined : new EventEmitter();
// Before the app, which looks for it when it starts.
const worker = process.env.FOLLOWERS === "off" ? null : superviseWorker(workerToRun());
const app = next({ dev: values.dev, hostname: values.hostname ?? "localhost", port, httpServer });
await app.prepare();
const handle = app.getRequestHandler();

/**
 * The ids of the build's server actions. Next would look for any other that a client names, at any address, and print a
 * stack. With hot reload they change, and Next's own tools send changes too.
 */
const actions = values.dev ? null : new Set(actionsOfBuild());

function actionsOfBuild() {
  const file = path.join(dist, "server", "server-reference-manifest.json");
  return Object.keys(JSON.parse(readFileSync(file, "utf8")).node);
}

/**
 * Drops the name of an unknown action. False for a change that is for no route and for no known action of a page: Next
 * would look for an action in it, and print a stack if its body breaks off.
 */
function isForNext({ method, headers, url }) {
  if (!actions) return true;
  const isAction = actions.has(headers["next-action"]) && /^\/(?!_next\/)[\w/-]*(\?|$)/.test(url);
  if (!isAction) delete headers["next-action"];
  return isAction || method === "GET" || method === "HEAD" || url.startsWith("/api/");
}

/** The answer that lib/http/page-pace.ts gives, which counts the sender. */
async function refuseStrayChange({ headers }, response) {
  const known = ["x-desk-peer", "x-forwarded-for"].filter((name) => headers[name] !== undefined);
  const refuse = globalThis[Symbol.for("claimdesk.refuse-stray-change")];
  const answer = await refuse(new Headers(known.map((name) => [name, headers[name]])));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(await answer.text());
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const HEADERS = Object.entries({
  ...SECURITY_HEADERS,
  ...UNFRAMED_HEADERS,
  "cache-control": "private, no-store",
  ...(process.env.APP_URL?.startsWith("https:") ? { "strict-transport-security": HSTS } : {}),
});

/** Headers that the app names for itself because Next would drop them. */
const RENAMED = { "x-desk-length": "content-length", "x-desk-encoding": "content-encoding" };
globalThis[Symbol.for("claimdesk.names-encoding")] = true;

/** Connections with an answer under way; nothing else may be written to them. */
const answering = new WeakSet();

/** Adds the headers of every answer that the answer has not set itself, also if Node answers without calling us. */
class DeskResponse extends ServerResponse {
  /**
   * Next sets each header of a route as a list of one, and its compression knows no type that is a list. It leaves out
   * the length, by which compression spares short answers, and the encoding; lib/http/json.ts names both.
   */
  setHeader(name, value) {
    const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return super.setHeader(RENAMED[name] ?? name, only);
  }

  /** An answer of known length goes out in one piece, its head with its body. */
  flushHeaders() {
    if (!this.hasHeader("content-length")) super.flushHeaders();
  }

  writeHead(...args) {
    for (const [name, value] of HEADERS) if (!this.hasHeader(name)) this.setHeader(name, value);
    return super.writeHead(...args);
  }
}

/** Longest path and query accepted, in characters: several times the longest of the desk. */
const ADDRESS_MAX = 8_192;

/** Status and headers of the answer to a request that must not reach Next; null if it may. */
function refusalOf({ method, url }) {
  // TRACE would echo the request with its cookies, and Next answers no other method.
  if (!METHODS.has(method)) return [405, { allow: [...METHODS].join(", ") }];
  if (url.length > ADDRESS_MAX) return [414, {}];
  // Next would answer 500 if it can't decode a part of the path that it reads an id from, or if there is no path (`*`).
  return url.startsWith("/") && isReadable(url.split("?")[0]) ? null : [400, {}];
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
    // Next would compress a part as if it were the whole.
    delete request.headers.range;
    // Routes cannot see the connection; lib/peer.ts reads this header.
    request.headers["x-desk-peer"] = `${peerToken} ${request.socket.remoteAddress ?? ""}`;
    response.once("close", () => answering.delete(request.socket));
    const refusal = refusalOf(request);
    if (refusal) {
      const [status, headers] = refusal;
      response.writeHead(status, { ...headers, connection: "close" });
      response.end();
      return;
    }
    const answered = isForNext(request) ? handle(request, response) : refuseStrayChange(request, response);
    answered.catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  },
);

// CONNECT and an upgrade to another protocol get no answer; Node itself closes the connection of the former.
if (!values.dev) server.on("upgrade", (_request, socket) => socket.destroy());

// A request that is not HTTP or took too long gets Node's own answer, with our headers.
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
  console.error(error.code === "EADDRINUSE" ? `Port ${port} is in use.` : String(error));
  process.exit(1);
});
server.listen(port, values.hostname, () => {
  console.log(`Claimdesk is listening on port ${port}.`);
  worker?.start();
  if (worker && values.dev) restartOnChanges();
});

/** Hot reload does not reach the worker. Sources that cannot be bundled, as in the middle of an edit, are said by esbuild. */
function restartOnChanges() {
  let soon;
  const renew = () => {
    try {
      bundleSources();
      worker.restart();
    } catch {
      // the last bundle goes on
    }
  };
  for (const sources of ["lib", "models", "scripts/worker.ts"]) {
    watch(sources, { recursive: true }, () => {
      clearTimeout(soon);
      soon = setTimeout(renew, 300);
    });
  }
}

// Shared with the app in this process; see lib/desk/start.ts.
const running = () => globalThis[Symbol.for("claimdesk.running")];

/** The worker goes on until the requests under way are answered: a reply waits for it, and so does posted mail. */
let stopping = false;
async function stop(code = 0) {
  if (stopping) return;
  stopping = true;
  const startedAt = performance.now();
  const upkeep = running()?.stop?.();
  // An open window keeps the socket of hot reload, which nothing closes.
  if (!values.dev) await closeServer();
  await Promise.all([worker?.stop(WORKER_MS - (performance.now() - startedAt)), upkeep]);
  if (!values.dev) await app.close();
  process.exit(code);
}

async function closeServer() {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection is idle only once its last answer has ended.
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(late);
}

process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
