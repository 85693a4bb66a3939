import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDiscordClient, type DiscordClient } from "@/lib/discord/client";
import { renderCard } from "@/lib/discord/render";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";

let discord: DiscordStandIn;
let client: DiscordClient;
const card = renderCard(
  {
    threadId: "f".repeat(24),
    to: "s@d.example",
    from: "c@d.example",
    subject: "Hi",
    excerpt: "@everyone",
    claimedBy: null,
    isResolved: false,
    attention: null,
  },
  { appUrl: "https://desk.example" },
);

beforeEach(async () => {
  discord = await startDiscordStandIn();
  client = clientOf(discord);
});
afterEach(() => discord.close());

function clientOf({ url, webhook }: Pick<DiscordStandIn, "url" | "webhook">, timeoutMs = 300): DiscordClient {
  return createDiscordClient({ webhook, apiUrl: url, contactUrl: "https://desk.example", timeoutMs });
}

async function posted(): Promise<string> {
  const outcome = await client.post(card);
  if (outcome.kind !== "ok") throw new Error(outcome.kind);
  return outcome.value.id;
}

describe("a request that Discord accepts", () => {
  test("posts the card and returns Discord's id for it, digit for digit", async () => {
    const id = await posted();
    expect(discord.messages()).toMatchObject([
      { id, content: card.content, flags: 4, editedTimestamp: null },
    ]);
    expect(BigInt(id)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  });

  test("edits and reads the same message", async () => {
    const id = await posted();
    expect(await client.edit(id, { ...card, content: "new" })).toMatchObject({
      kind: "ok",
      value: { id, content: "new" },
    });
    expect(await client.read(id)).toMatchObject({ kind: "ok", value: { id, content: "new" } });
    expect(discord.messages()).toMatchObject([{ content: "new", editedTimestamp: expect.any(String) }]);
  });

  test("pings nobody and breaks no rule of the API", async () => {
    await client.edit(await posted(), card);
    await client.check();
    expect(discord.pings()).toEqual([]);
    expect(discord.violations()).toEqual([]);
    for (const { method, body } of discord.requests()) {
      if (method !== "GET") expect(body).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
    }
  });

  test("says how long to wait once the webhook's rate limit is used up", async () => {
    const outcomes = [];
    for (let sent = 0; sent < 5; sent += 1) outcomes.push(await client.post(card));
    expect(outcomes.map((outcome) => outcome.kind === "ok" && outcome.waitMs > 0)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(await client.post(card)).toMatchObject({ kind: "rate_limited", scope: "webhook" });
  });
});

describe("a request that fails", () => {
  const onPost: [string, Fault, object][] = [
    [
      "a 500 before it was done",
      { kind: "status", status: 500, when: "before" },
      { kind: "ambiguous", detail: "http_500" },
    ],
    [
      "a 502 after it was done",
      { kind: "status", status: 502, when: "after" },
      { kind: "ambiguous", detail: "http_502" },
    ],
    ["a connection reset before", { kind: "reset", when: "before" }, { kind: "ambiguous" }],
    ["a connection reset after", { kind: "reset", when: "after" }, { kind: "ambiguous" }],
    ["no answer", { kind: "hang", when: "after" }, { kind: "ambiguous", detail: "timeout" }],
    ["half an answer", { kind: "truncated" }, { kind: "ambiguous", detail: "unreadable_answer" }],
    ["an answer that drips", { kind: "drip", ms: 20 }, { kind: "ambiguous", detail: "timeout" }],
    [
      "a rate limit",
      { kind: "rate_limited", retryAfterSeconds: 1.25, scope: "user" },
      { kind: "rate_limited", retryAfterMs: 1250, scope: "webhook" },
    ],
    [
      "a global rate limit",
      { kind: "rate_limited", retryAfterSeconds: 2, scope: "global" },
      { kind: "rate_limited", retryAfterMs: 2000, scope: "global" },
    ],
    [
      "the rate limit of old messages",
      { kind: "rate_limited", retryAfterSeconds: 3, scope: "shared", code: 30046 },
      { kind: "rate_limited", scope: "old_edits" },
    ],
    [
      "a rate limit of years",
      { kind: "rate_limited", retryAfterSeconds: 1e9, scope: "user" },
      { kind: "rate_limited", retryAfterMs: 3_600_000 },
    ],
    ["Cloudflare's block", { kind: "turned_away", as: "json" }, { kind: "blocked" }],
    ["Cloudflare's block as a page", { kind: "turned_away", as: "html" }, { kind: "blocked" }],
    [
      "an unknown webhook",
      { kind: "error", status: 404, code: 10015 },
      { kind: "webhook_dead", reason: "unknown_webhook" },
    ],
    [
      "a refused token",
      { kind: "error", status: 401, code: 50027 },
      { kind: "webhook_dead", reason: "invalid_token" },
    ],
    ["a proxy's page of 401", { kind: "error", status: 401 }, { kind: "intercepted", status: 401 }],
    ["a proxy's page of 403", { kind: "error", status: 403 }, { kind: "intercepted", status: 403 }],
    [
      "a 403 in JSON without a code",
      { kind: "foreign", status: 403, body: { message: "Forbidden" } },
      { kind: "intercepted", status: 403 },
    ],
    [
      "a 401 in JSON with a foreign code",
      { kind: "foreign", status: 401, body: { message: "Sign in first", code: 401 } },
      { kind: "intercepted", status: 401 },
    ],
    [
      "a 404 in JSON with a foreign code",
      { kind: "foreign", status: 404, body: { message: "No such route", code: "10015" } },
      { kind: "not_found" },
    ],
    [
      "Cloudflare's refusal of the user agent",
      { kind: "error", status: 403, code: 40333 },
      { kind: "intercepted", status: 403 },
    ],
    [
      "a 401 without a code of its own",
      { kind: "error", status: 401, code: 0, message: "401: Unauthorized" },
      { kind: "webhook_dead", reason: "invalid_token" },
    ],
    [
      "missing access",
      { kind: "error", status: 403, code: 50001 },
      { kind: "webhook_dead", reason: "forbidden" },
    ],
    ["a 403", { kind: "error", status: 403, code: 50013 }, { kind: "webhook_dead", reason: "forbidden" }],
    [
      "an unknown channel",
      { kind: "error", status: 404, code: 10003 },
      { kind: "webhook_dead", reason: "unknown_channel" },
    ],
    [
      "a forum channel",
      { kind: "error", status: 400, code: 220001 },
      { kind: "webhook_dead", reason: "forum_channel" },
    ],
    ["a 404 without a code", { kind: "error", status: 404 }, { kind: "not_found" }],
    ["AutoMod", { kind: "error", status: 400, code: 200000 }, { kind: "invalid", detail: "http_400_200000" }],
    [
      "a form error",
      { kind: "error", status: 400, code: 50035, errors: { embeds: { 0: { title: { _errors: [{}] } } } } },
      { kind: "invalid", paths: ["embeds.0.title"] },
    ],
  ];
  test.each(onPost)("classifies a post that meets %s", async (_, fault, expected) => {
    discord.faults.next(fault);
    expect(await client.post(card)).toMatchObject(expected);
    expect(discord.requests()).toHaveLength(1);
  });

  test("knows a deleted message", async () => {
    const id = await posted();
    discord.channel.deleteMessage(id);
    expect(await client.edit(id, card)).toEqual({ kind: "gone" });
  });

  test("knows that nothing was sent if nobody listens or the name does not resolve", async () => {
    await discord.goAway();
    expect(await client.post(card)).toEqual({ kind: "not_sent", detail: "ECONNREFUSED" });
    const nowhere = clientOf({ url: "https://discord.invalid", webhook: discord.webhook }, 10_000);
    expect(await nowhere.post(card)).toMatchObject({ kind: "not_sent" });
    await discord.comeBack();
  });

  test("calls a failed read transient, since it changed nothing", async () => {
    discord.faults.next({ kind: "status", status: 503, when: "before" });
    expect(await client.read("1")).toEqual({ kind: "transient", detail: "http_503" });
  });

  test("follows no redirect", async () => {
    const seen: string[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.url ?? "");
      response.writeHead(307, { Location: "/elsewhere" }).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo; // it listens on TCP
    const outcome = await clientOf({ url: `http://127.0.0.1:${port}`, webhook: discord.webhook }).post(card);
    elsewhere.close();
    expect(outcome.kind).toBe("ambiguous");
    expect(seen).toHaveLength(1);
  });

  test("never puts the token into an outcome", async () => {
    const outcomes = [await clientOf({ url: "http://127.0.0.1:1", webhook: discord.webhook }).post(card)];
    for (const [, fault] of onPost) {
      discord.faults.next(fault);
      outcomes.push(await client.post(card));
    }
    expect(JSON.stringify(outcomes)).not.toContain(discord.webhook.token);
  });
});
