import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/scripts/ports";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { databaseUri } from "@/tests/support/database/database-uri";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import { startMailCatcher, type MailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { bearer, createIndexesIn, startTeamApp, teamEnvironment } from "@/tests/support/desk/team-app";

const PRELOAD = pathToFileURL(
  path.resolve(import.meta.dirname, "..", "support", "network", "outbound-preload.mjs"),
).href;

let folder = "";
let mail: MailCatcher;
let discord: DiscordStandIn;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "claimdesk-outbound-"));
  mail = await startMailCatcher();
  discord = await startDiscordStandIn();
});

afterAll(async () => {
  await discord.close();
  await mail.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the built app in a process that can reach its database, mail server and Discord, and nothing else. */
async function startTrapped(name: string, overrides: Record<string, string> = {}) {
  const mongodbUri = databaseUri(name);
  const ports = [mongodbUri, mail.smtpUrl, discord.url].map((url) => new URL(url).port);
  const file = path.join(folder, name);
  const env = teamEnvironment({
    ...{ MONGODB_URI: mongodbUri, SMTP_URL: mail.smtpUrl },
    ...{ DISCORD_WEBHOOK_URL: discord.webhookUrl, DISCORD_API_URL: discord.url },
    ...overrides,
  });
  await createIndexesIn(env);
  const trap = { OUTBOUND_PORTS: ports.join(","), OUTBOUND_RECORD: file };
  const app = await startTeamApp({ ...env, ...trap, NODE_OPTIONS: `--import=${PRELOAD}` });
  const record = async () => new Set((await readFile(file, "utf8")).trim().split("\n"));
  return { app, ports, record };
}

const MAIL = rawMail(
  multipart(
    "mixed",
    [
      "Content-Type: text/html; charset=utf-8\r\n\r\n<html><head>",
      '<base href="http://tracker.example/"><link rel="stylesheet" href="http://tracker.example/a.css">',
      '<link rel="dns-prefetch" href="//tracker.example"><style>@import "http://tracker.example/b.css";</style>',
      '</head><body background="http://tracker.example/c.png"><p style="background:url(//tracker.example/d)">Hello</p>',
      '<img src="http://tracker.example/e.png"><img src="http://169.254.169.254/latest/meta-data/">',
      '<img src="http://127.0.0.1:6379/" srcset="http://localhost:22/ 2x"><iframe src="file:///etc/passwd"></iframe>',
      '<a href="http://tracker.example/link">a link</a> http://tracker.example/plain</body></html>',
    ].join("\r\n"),
    [
      'Content-Type: message/external-body; access-type=URL; URL="http://tracker.example/body"',
      "Content-Type: text/html\r\n\r\n",
    ].join("\r\n\r\n"),
    "Content-Type: text/html; name=page.html\r\nContent-Disposition: attachment\r\n\r\n<img src=http://tracker.example/>",
  ),
);

type App = Awaited<ReturnType<typeof startTrapped>>["app"];

const ask = (app: App, address: string) =>
  fetch(`${app.url}${address}`, { headers: { authorization: bearer("priya") } });

const post = (app: App, address: string, body: unknown) =>
  fetch(`${app.url}${address}`, {
    method: "POST",
    headers: { authorization: bearer("priya"), "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** Sends a mail in, claims its ticket and replies. Returns the ids and the answer to the reply. */
async function work(app: App) {
  const taken = await fetch(`${app.url}/api/emails/inbound`, {
    method: "POST",
    headers: { "content-type": "message/rfc822", authorization: "Bearer inbound-secret-of-the-faults" },
    body: new Uint8Array(MAIL),
  });
  const { threadId, ledgerId } = await taken.json();
  expect((await post(app, "/api/emails/claim", { threadId })).status).toBe(200);
  const { messages } = await (await ask(app, `/api/emails/tickets/${threadId}`)).json();
  const messageId = messages[0]._id;
  const reply = await post(app, "/api/emails/reply", {
    threadId,
    text: "See http://tracker.example/reply, and ![](http://tracker.example/f.png).",
    lastSeenMessageId: messageId,
  });
  return { threadId, ledgerId, messageId, reply: await reply.json() };
}

test("mail in, a claim, a reply and a card reach the configured hosts and no other", async () => {
  const { app, ports, record } = await startTrapped("outbound");
  const { threadId, ledgerId, messageId, reply } = await work(app);
  expect(reply).toMatchObject({ delivery: "sent" });
  for (const address of [
    `/api/emails/messages/${messageId}/formatted`,
    `/api/emails/messages/${messageId}/attachments/0`,
    `/api/emails/inbound/${ledgerId}/raw`,
    ...["/dashboard/tickets", "/dashboard/mail", `/dashboard/tickets/${threadId}`, `/reply/${threadId}`],
    "/_next/image?url=http%3A%2F%2Ftracker.example%2Fg.png&w=64&q=75",
  ]) {
    const answer = await ask(app, address);
    await answer.text();
    expect(answer.status, address).toBe(address.startsWith("/_next/") ? 404 : 200);
  }
  // Now the card was posted, and edited for the claim.
  await expect.poll(() => discord.messages()[0]?.content, { timeout: 15_000 }).toContain("Claimed by");
  await app.stop();

  const seen = await record();
  expect([...seen].filter((line) => line.startsWith("refused"))).toEqual([]);
  // The trap was active in the process and in the threads that parse mail, and saw every allowed port.
  expect([...seen].sort()).toEqual(
    [...ports.map((port) => `reached ${port}`), "watching process", "watching thread"].sort(),
  );
});

const THREAD = `new worker_threads.Worker(new URL("data:text/javascript,fetch('http://j.example')")`;

test.each([
  ['net.connect(80, "a.example")', "a.example:80"],
  ['new net.Socket().connect(80, "b.example")', "b.example:80"],
  ['new net.Socket().connect({ port: 80, host: "c.example" })', "c.example:80"],
  ['tls.connect(443, "d.example")', "d.example:443"],
  ['http.get("http://e.example/")', "e.example:80"],
  ['fetch("https://f.example/")', "f.example:443"],
  ["net.connect(1)", "localhost:1"],
  ['dns.lookup("g.example", () => {})', "g.example"],
  ['dns.promises.resolve4("h.example")', "h.example"],
  ['new dns.Resolver().resolveTxt("i.example", () => {})', "i.example"],
  ['dgram.createSocket("udp4").send("x", 53, "10.0.0.1")', "datagrams"],
  [`${THREAD}, { env: {} })`, "j.example:80"],
])("%s is stopped", async (code, refused) => {
  const file = path.join(folder, randomUUID());
  const env = { ...process.env, OUTBOUND_PORTS: "", OUTBOUND_RECORD: file };
  spawnSync(process.execPath, ["--import", PRELOAD, "-e", code], { env, timeout: 20_000 });
  expect((await readFile(file, "utf8")).split("\n")).toContain(`refused ${refused}`);
});

test("a connection to any other host is stopped and recorded", async () => {
  const nobody = await freePort(5_950);
  const { app, record } = await startTrapped("outbound_planted", {
    SMTP_URL: "smtp://mail.elsewhere.example:25",
    DISCORD_API_URL: `http://localhost:${nobody}`,
  });
  expect((await work(app)).reply).toMatchObject({ delivery: "queued" });
  await expect.poll(record, { timeout: 15_000 }).toContain(`refused localhost:${nobody}`);
  expect([...(await record())].join("\n")).toMatch(/^refused mail\.elsewhere\.example/m);
  await app.stop();
});
