import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";

// The stand-in must refuse what Discord refuses: each rule is broken here once.

let discord: DiscordStandIn;
const headers = {
  "User-Agent": "DiscordBot (https://desk.example, 1.0)",
  "Content-Type": "application/json",
};

beforeEach(async () => {
  discord = await startDiscordStandIn();
});
afterEach(() => discord.close());

async function call(method: string, path: string, body?: unknown, more: Record<string, string> = {}) {
  const { id, token } = discord.webhook;
  const base = `${discord.url}/api/v10/webhooks/${id}/${token}`;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${base}${path}`, { method, headers: { ...headers, ...more }, body: text });
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse((await response.text()) || "null"),
  };
}

const post = (body: unknown, query = "?wait=true") => call("POST", query, body);
const none = { parse: [] };

describe("the stand-in refuses", () => {
  const refused: [string, unknown, object][] = [
    [
      "2001 characters",
      { content: "x".repeat(2001) },
      { code: 50035, errors: { content: { _errors: [{}] } } },
    ],
    ["an empty message", { content: " \n " }, { code: 50006 }],
    ["an unknown field", { content: "x", nonce: "1" }, { code: 50035, errors: { nonce: {} } }],
    [
      "a title that is too long",
      { embeds: [{ title: "x".repeat(257) }] },
      { code: 50035, errors: { embeds: { 0: { title: {} } } } },
    ],
    [
      "embeds that are too long together",
      { embeds: [1, 2].map(() => ({ description: "x".repeat(3500) })) },
      { code: 50035 },
    ],
    ["an empty field", { embeds: [{ fields: [{ name: "a", value: " " }] }] }, { code: 50035 }],
    [
      "parse and users at once",
      { content: "x", allowed_mentions: { parse: ["users"], users: ["1"] } },
      { code: 50035 },
    ],
    ["Discord's own name", { content: "x", username: "Discord Support" }, { code: 50035 }],
    ["unknown flags", { content: "x", flags: 1 }, { code: 50035 }],
    ["a forum's thread name", { content: "x", thread_name: "t" }, { code: 220003 }],
    ["invalid JSON", "{", { code: 50109 }],
  ];
  test.each(refused)("%s", async (_, body, expected) => {
    expect(await post(body)).toMatchObject({ status: 400, body: expected });
    expect(discord.messages()).toEqual([]);
  });

  test("a link button without an address, and an action button on a plain webhook", async () => {
    const row = (button: object) => ({
      content: "x",
      components: [{ type: 1, components: [{ type: 2, ...button }] }],
    });
    const query = "?wait=true&with_components=true";
    expect(await post(row({ style: 5, label: "Open" }), query)).toMatchObject({ status: 400 });
    expect(await post(row({ style: 1, label: "Claim", custom_id: "c" }), query)).toMatchObject({
      status: 400,
    });
    expect(await post(row({ style: 5, label: "Open", url: "https://desk.example" }), query)).toMatchObject({
      status: 200,
      body: { components: [{ type: 1 }] },
    });
  });

  test("a name in an edit, a wrong token, an unknown webhook, and a plain user agent", async () => {
    const { body } = await post({ content: "x" });
    expect(await call("PATCH", `/messages/${body.id}`, { username: "new" })).toMatchObject({ status: 400 });
    const { id } = discord.webhook;
    const getWebhook = (path: string) => fetch(`${discord.url}/api/v10/webhooks/${path}`, { headers });
    expect((await getWebhook(`${id}/wrong`)).status).toBe(401);
    expect((await getWebhook("123456/wrong")).status).toBe(404);
    expect((await call("GET", "", undefined, { "User-Agent": "node" })).status).toBe(403);
    for (let asked = 0; asked < 3; asked += 1) await getWebhook("123456/wrong");
    expect(discord.violations()).toEqual([]);
    await getWebhook("123456/wrong");
    expect(discord.violations()).toEqual(["GET to a webhook known to be unknown"]);
  });

  test("a path without the API version", async () => {
    await fetch(`${discord.url}/api/webhooks/1/x`, { method: "POST", headers, body: "{}" });
    expect(discord.violations()).toEqual(["not a v10 webhook path: POST"]);
  });
});

describe("the stand-in behaves as Discord does", () => {
  test("answers nothing without wait", async () => {
    expect(await post({ content: "x" }, "")).toMatchObject({ status: 204, body: null });
  });

  test("keeps the fields that an edit leaves out, and clears a field set to []", async () => {
    const { body } = await post({ content: "x", embeds: [{ title: "t" }], flags: 4 });
    const edit = (change: object) => call("PATCH", `/messages/${body.id}`, change);
    expect((await edit({ content: "y" })).body).toMatchObject({
      content: "y",
      embeds: [{ title: "t" }],
      flags: 4,
    });
    const cleared = (await edit({ embeds: [] })).body;
    expect(cleared).toMatchObject({ content: "y", embeds: [], edited_timestamp: expect.any(String) });
  });

  test("pings everybody if nothing forbids it, even after backslashes and in an edit", async () => {
    const { body } = await post({ content: "quiet @everyone", allowed_mentions: none });
    expect(discord.pings()).toEqual([]);
    await call("PATCH", `/messages/${body.id}`, {
      content: "\\@everyone \\<\\@123\\>",
      allowed_mentions: null,
    });
    expect(discord.pings()).toMatchObject([{ kind: "everyone" }, { kind: "user", target: "123" }]);
  });

  test("limits requests, says so in its headers, and records a request that comes too early", async () => {
    const sent = [];
    for (let made = 0; made < 7; made += 1) sent.push(await post({ content: "x", allowed_mentions: none }));
    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(sent[4]?.headers.get("X-RateLimit-Remaining")).toBe("0");
    expect(sent[5]?.body).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(Number(sent[5]?.headers.get("Retry-After"))).toBeGreaterThanOrEqual(sent[5]?.body.retry_after);
    expect(discord.violations()).toEqual(["POST before the end of a wait"]);
  });

  test("keeps the channel across a restart", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "discord-"));
    const file = path.join(folder, "discord.json");
    const first = await startDiscordStandIn({ file });
    const { id, token } = first.webhook;
    await fetch(`${first.url}/api/v10/webhooks/${id}/${token}`, {
      method: "POST",
      headers,
      body: '{"content":"kept"}',
    });
    await first.close();
    const second = await startDiscordStandIn({ file });
    expect(second.webhookUrl).toBe(first.webhookUrl);
    expect(second.messages()).toMatchObject([{ content: "kept" }]);
    await second.close();
    await rm(folder, { recursive: true });
  });

  test("shows the channel without HTML of a message, except for the card's own link", async () => {
    await post({
      content:
        'From: <img src=x onerror=alert(1)> \\[a\\]\n🔗 [Click here to reply](<https://desk.example/reply/1?a="b>)',
      allowed_mentions: none,
    });
    const page = await (await fetch(discord.url)).text();
    expect(page).toContain("From: &lt;img src=x onerror=alert(1)&gt; [a]<br>");
    expect(page).toContain('<a href="https://desk.example/reply/1?a=&quot;b" target="_blank"');
    expect(page).not.toContain("<img");
  });
});
