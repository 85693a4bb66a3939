import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startDiscordStandIn, type DiscordStandIn } from "../support/discord-stand-in/server";
import { startMailCatcher, type MailCatcher } from "../support/mail-catcher";
import { bearer, createIndexesIn, startTeamApp, teamEnvironment, type AppProcess } from "../support/team-app";

const folder = mkdtempSync(path.join(tmpdir(), "claimdesk-outbound-"));
const trap = path.resolve(import.meta.dirname, "..", "support", "outbound-trap.mjs");
const MAIL = [
  ...["From: Lena <lena@customers.example>", "To: support@desk.example", "Subject: Look at this"],
  ...["Message-ID: <outbound@customers.example>", "MIME-Version: 1.0", "Content-Type: text/html", ""],
  '<p>See <a href="https://link.example/a">this</a> <img src="https://image.example/pixel.png"></p>',
  '<link rel="stylesheet" href="https://style.example/a.css"><iframe src="https://frame.example/"></iframe>',
].join("\r\n");

let mail: MailCatcher;
let discord: DiscordStandIn;
const apps: AppProcess[] = [];

beforeAll(async () => {
  [mail, discord] = [await startMailCatcher(), await startDiscordStandIn()];
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await Promise.all([mail.close(), discord.close()]);
  rmSync(folder, { recursive: true });
});

/** The built app in the trap, with a database of its own; `hosts` are those it tried to reach elsewhere. */
async function startTrapped(name: string, overrides: Record<string, string>) {
  const file = path.join(folder, name);
  writeFileSync(file, "");
  const database = new URL(inject("app").mongodbUri);
  database.pathname = `/outbound_${name}`;
  const env = teamEnvironment({ MONGODB_URI: database.href, SMTP_URL: mail.smtpUrl, ...overrides });
  await createIndexesIn(env);
  const app = await startTeamApp({
    ...env,
    LOG_LEVEL: "silent",
    NODE_OPTIONS: `--import=${trap}`,
    OUTBOUND_TRAP_FILE: file,
  });
  apps.push(app);
  const ask = async (address: string, init: RequestInit = {}) => {
    const headers = { authorization: bearer("lena"), "content-type": "application/json", ...init.headers };
    const response = await fetch(`${app.url}${address}`, { ...init, headers });
    return { status: response.status, text: await response.text() };
  };
  const post = (address: string, body: unknown) =>
    ask(address, { method: "POST", body: JSON.stringify(body) });
  const receive = async () => {
    const headers = {
      authorization: "Bearer inbound-secret-of-the-faults",
      "content-type": "message/rfc822",
    };
    const { text } = await ask("/api/emails/inbound", { method: "POST", body: MAIL, headers });
    return JSON.parse(text).threadId as string;
  };
  const hosts = () => [...new Set(readFileSync(file, "utf8").split("\n").filter(Boolean))];
  return { ask, post, receive, hosts };
}

describe("the built app", () => {
  test("reaches no host it was not told of, from a mail full of addresses to the answer to it", async () => {
    const { ask, post, receive, hosts } = await startTrapped("told", {
      DISCORD_WEBHOOK_URL: discord.webhookUrl,
      DISCORD_API_URL: discord.url,
    });
    const threadId = await receive();
    await expect.poll(() => discord.channel.messages.length, { timeout: 20_000 }).toBe(1);
    expect((await post("/api/emails/claim", { threadId })).status).toBe(200);
    const { messages } = JSON.parse((await ask(`/api/emails/tickets/${threadId}`)).text);
    const [{ _id: lastSeenMessageId }] = messages;
    for (const address of [
      ...[`/api/emails/messages/${lastSeenMessageId}/formatted`, "/api/emails/ledger", "/api/desk-status"],
      ...[`/dashboard/tickets/${threadId}`, `/reply/${threadId}`, "/dashboard/mail", "/sign-in"],
    ]) {
      expect((await ask(address)).status, address).toBe(200);
    }
    expect(await post("/api/emails/reply", { threadId, text: "Thank you", lastSeenMessageId })).toMatchObject(
      {
        status: 200,
        text: expect.stringContaining('"delivery":"sent"'),
      },
    );
    expect(mail.mails()).toHaveLength(1);
    await expect
      .poll(() => discord.channel.messages[0]?.content, { timeout: 20_000 })
      .toContain("Claimed by");
    expect(hosts()).toEqual([]);
  });

  test("is seen by the trap where it was told of another host: Discord's, and no other", async () => {
    const { receive, hosts } = await startTrapped("discord", {
      DISCORD_WEBHOOK_URL: discord.webhookUrl, // at Discord itself, where no other API is named
    });
    await receive();
    await expect.poll(hosts, { timeout: 20_000 }).toEqual(["discord.com"]);
  });
});
