// The stand-in's HTTP server on loopback: paths, headers, rate limits and faults.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Channel, errorOf, type Answer, type Call } from "./channel";
import { BLOCKED_HTML, BLOCKED_JSON, Faults, pageOf, type Fault } from "./faults";
import { DISCORD_LIMITS, Pace, type Limits } from "./limits";
import { snowflake, type Message, type Ping, type Webhook } from "./messages";
import { channelFragment, channelPage } from "./page";
import type { Body } from "./rules";
import { bodyOf, codeOf, drip, limitBody, limitedBy, limitHeaders, readCall, send, sendPage } from "./wire";

export type Logged = {
  method: string;
  messageId: string | null;
  query: string;
  body: Body;
  status: number | null;
};

type Options = {
  port?: number;
  /** File that keeps the channel between runs; without one the channel ends with the process. */
  file?: string;
  /** Milliseconds since 1970; a test's own clock. */
  clock?: () => number;
  /** Limits that differ from Discord's; null switches one off. The channel's hidden limit is off unless set. */
  limits?: Partial<Limits>;
  applicationId?: string;
};

export type DiscordStandIn = {
  url: string;
  /** As Discord's settings would show it. It leads here if `url` is set as the API's address. */
  webhookUrl: string;
  webhook: Webhook;
  channel: Channel;
  faults: Faults;
  /** Oldest first. */
  messages: () => Message[];
  pings: () => Ping[];
  requests: () => Logged[];
  /** Requests that no client may send to Discord; a test expects none. */
  violations: () => string[];
  /** Answers that count towards Discord's ban of an address: 401, 403, and 429 unless its scope is "shared". */
  invalidRequests: () => number;
  /** Most requests that were ever under way at once. */
  inFlightMax: () => number;
  /** Refuses connections from now on, until `comeBack`. */
  goAway: () => Promise<void>;
  comeBack: () => Promise<void>;
  close: () => Promise<void>;
};

/** Starts the stand-in on loopback, with one channel and one webhook. Its page is at `url`. */
export async function startDiscordStandIn(options: Options = {}): Promise<DiscordStandIn> {
  const clock = options.clock ?? Date.now;
  const channel = new Channel(newWebhook(options.applicationId ?? null), clock, options.file ?? null);
  const pace = new Pace({ ...DISCORD_LIMITS, channel: null, ...options.limits });
  const faults = new Faults();
  const requests: Logged[] = [];
  const violations: string[] = [];
  let invalidRequests = 0;
  let inFlight = 0;
  let inFlightMax = 0;
  const unknownWebhooks = new Map<string, UnknownWebhook>();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      violations.push(`stand-in failed: ${String(error)}`);
      response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://stand-in");
    if (!url.pathname.startsWith("/api")) return servePage(url.pathname, response, channel);
    const text = await bodyOf(request);
    const logged: Logged = {
      method: request.method ?? "",
      messageId: null,
      query: url.search,
      body: {},
      status: null,
    };
    requests.push(logged);
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    let isUnderWay = true;
    const end = () => {
      if (isUnderWay) inFlight -= 1;
      isUnderWay = false;
    };
    response.on("close", end);
    response.on("finish", () => (logged.status = response.statusCode));
    const call = readCall(request, url, text);
    if ("status" in call) {
      if (call.status === 404) violations.push(`not a v10 webhook path: ${request.method}`);
      return send(response, call.status, call.body);
    }
    logged.messageId = call.messageId;
    logged.body = call.body;
    await serve(call, response, end);
  }

  async function serve(call: Call, response: ServerResponse, end: () => void): Promise<void> {
    const now = clock();
    faults.landDue(now);
    const age = call.method === "PATCH" && call.messageId ? channel.ageOf(call.messageId) : null;
    if (pace.isEarly(call.webhookId, age, now)) violations.push(`${call.method} before the end of a wait`);
    const unknown = unknownWebhooks.get(call.webhookId);
    if (unknown && !unknown.mayBeAsked(call, now))
      violations.push(`${call.method} to a webhook known to be unknown`);

    const fault = faults.take(call.method);
    const planned = fault?.kind === "rate_limited" ? limitedBy(fault) : null;
    const limited = planned ?? pace.check(call.webhookId, age, now);
    if (limited) {
      if (limited.scope !== "shared") invalidRequests += 1;
      pace.told(call.webhookId, limited, now);
      return send(response, 429, limitBody(limited), limitHeaders(limited));
    }
    const answer = (): Answer => {
      const given = channel.answer(call);
      if (given.status === 401 || given.status === 403) invalidRequests += 1;
      if (given.status === 404 && codeOf(given) === 10015 && !unknownWebhooks.has(call.webhookId))
        unknownWebhooks.set(call.webhookId, new UnknownWebhook());
      return given;
    };
    const respond = ({ status, body }: Answer) =>
      send(response, status, body, pace.headers(call.webhookId, now));
    if (fault?.kind !== "held" && fault?.kind !== "frozen") return meet(fault, answer, respond, response);
    end(); // carried out, so that only the answer is still under way; or not even sent
    const given = fault.kind === "held" ? answer() : null;
    faults.hold(() => respond(given ?? answer()));
  }

  function meet(
    fault: Exclude<Fault, { kind: "held" | "frozen" }> | null,
    answer: () => Answer,
    respond: (given: Answer) => void,
    response: ServerResponse,
  ): void {
    if (fault === null || fault.kind === "rate_limited") return respond(answer());
    switch (fault.kind) {
      case "status":
        if (fault.when === "after") answer();
        return sendPage(response, fault.status, pageOf(fault.status));
      case "reset":
        if (fault.when === "after") answer();
        return void response.socket?.resetAndDestroy();
      case "hang":
        return void (fault.when === "after" && answer());
      case "lands_late":
        faults.landsLate(() => void answer(), fault.afterMs === undefined ? null : clock() + fault.afterMs);
        return sendPage(response, 504, pageOf(504));
      case "truncated": {
        const text = JSON.stringify(answer().body ?? {});
        response.writeHead(200, { "Content-Type": "application/json" });
        return void response.end(text.slice(0, text.length / 2));
      }
      case "drip":
        return drip(response, JSON.stringify(answer().body ?? {}), fault.ms);
      case "turned_away":
        invalidRequests += 1;
        return fault.as === "html"
          ? sendPage(response, 429, BLOCKED_HTML)
          : send(response, 429, BLOCKED_JSON);
      case "foreign":
        return send(response, fault.status, fault.body);
      case "error":
        if (fault.status === 401 || fault.status === 403) invalidRequests += 1;
        return fault.code === undefined
          ? sendPage(response, fault.status, pageOf(fault.status))
          : respond(errorOf(fault.status, fault.code, fault.message ?? "Refused by script", fault.errors));
    }
  }

  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  await listen(options.port ?? 0);
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const { webhook } = channel;
  return {
    url: `http://127.0.0.1:${port}`,
    webhookUrl: `https://discord.com/api/webhooks/${webhook.id}/${webhook.token}`,
    webhook,
    channel,
    faults,
    messages: () => {
      faults.landDue(clock());
      return structuredClone(channel.messages);
    },
    pings: () => channel.pings,
    requests: () => requests,
    violations: () => violations,
    invalidRequests: () => invalidRequests,
    inFlightMax: () => inFlightMax,
    goAway: stop,
    comeBack: () => listen(port),
    close: stop,
  };
}

const QUESTIONS_MAX = 3;
const HOUR_MS = 3_600_000;

/** A webhook that a client knows to be unknown: it may only ask about it, a few times an hour. */
class UnknownWebhook {
  private readonly askedAt: number[] = [];

  mayBeAsked({ method, messageId }: Call, nowMs: number): boolean {
    if (method !== "GET" || messageId !== null) return false;
    this.askedAt.push(nowMs);
    return this.askedAt.filter((at) => at > nowMs - HOUR_MS).length <= QUESTIONS_MAX;
  }
}

function newWebhook(applicationId: string | null): Webhook {
  const now = Date.now();
  const token = randomBytes(51).toString("base64url");
  return { id: snowflake(now), token, channelId: snowflake(now), guildId: snowflake(now), applicationId };
}

function servePage(path: string, response: ServerResponse, channel: Channel): void {
  if (path === "/messages") return send(response, 200, channel.messages);
  if (path === "/channel") return sendPage(response, 200, channelFragment(channel.messages));
  if (path === "/") return sendPage(response, 200, channelPage(channel.messages));
  send(response, 404, { message: "404: Not Found", code: 0 });
}
