import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "@/scripts/ports";
import { databaseUri } from "@/tests/support/database/database-uri";
import {
  bearer,
  createIndexesIn,
  startTeamApp,
  teamEnvironment,
  type AppProcess,
} from "@/tests/support/desk/team-app";

/** A unique secret, so that every place where it turns up has it from here. */
const canary = (kind: string) => `canary${kind}${randomBytes(9).toString("hex")}`;

const KEPT = {
  clerkKey: canary("clerk"),
  inboundSecret: canary("inbound"),
  cronSecret: canary("cron"),
  metricsToken: canary("metrics"),
  smtpPassword: canary("smtp"),
  webhookToken: canary("webhook"),
};
const SENT = {
  wrongBearer: canary("bearer"),
  wrongBasic: canary("basic"),
  cookie: canary("cookie"),
  header: canary("header"),
  query: canary("query"),
  pathPart: canary("path"),
  brokenJson: canary("json"),
  wrongValue: canary("value"),
  formField: canary("form"),
  referer: canary("referer"),
};
const WRITTEN = {
  subject: canary("subject"),
  text: canary("text"),
  customer: canary("customer"),
  filename: canary("file"),
  replyText: canary("reply"),
  idempotencyKey: canary("key"),
};

let app: AppProcess;
let log = "";

beforeAll(async () => {
  const nobody = await freePort(5_900);
  const env = teamEnvironment({
    MONGODB_URI: databaseUri("secrets"),
    LOG_LEVEL: "trace",
    CLERK_SECRET_KEY: `sk_live_${KEPT.clerkKey}`,
    INBOUND_SECRET: KEPT.inboundSecret,
    CRON_SECRET: KEPT.cronSecret,
    METRICS_TOKEN: KEPT.metricsToken,
    // Both are away, so that their errors are logged.
    SMTP_URL: `smtp://desk:${KEPT.smtpPassword}@localhost:${nobody}`,
    DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/123456789012345678/${KEPT.webhookToken}`,
    DISCORD_API_URL: `http://localhost:${nobody}`,
  });
  await createIndexesIn(env);
  app = await startTeamApp(env);
  for (const stream of [app.process.stdout, app.process.stderr]) {
    stream?.on("data", (text: Buffer | string) => (log += String(text)));
  }
});

afterAll(() => app.stop());

const post = (address: string, headers: Record<string, string>, body: string) =>
  fetch(`${app.url}${address}`, { method: "POST", headers, body, redirect: "manual" });
const json = { "content-type": "application/json" };

/** A mail in, a reply that cannot be sent and a card that cannot be posted, each with private text. */
async function workAtTheDesk(): Promise<string> {
  const mail = [
    `From: ${WRITTEN.customer} <${WRITTEN.customer}@customers.example>`,
    `Subject: ${WRITTEN.subject}`,
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=edge",
    "",
    `--edge\r\nContent-Type: text/plain\r\n\r\n${WRITTEN.text}`,
    `--edge\r\nContent-Type: text/html; name=${WRITTEN.filename}.html\r\nContent-Disposition: attachment\r\n\r\nx`,
    "--edge--\r\n",
  ].join("\r\n");
  const taken = await post(
    "/api/emails/inbound",
    { "content-type": "message/rfc822", authorization: `Bearer ${KEPT.inboundSecret}` },
    mail,
  );
  const { threadId } = (await taken.json()) as { threadId: string };
  const authorization = bearer("priya");
  const detail = await fetch(`${app.url}/api/emails/tickets/${threadId}`, { headers: { authorization } });
  const { ticket } = (await detail.json()) as { ticket: { lastMessageId: string } };
  const reply = { threadId, text: WRITTEN.replyText, lastSeenMessageId: ticket.lastMessageId };
  const sent = await post(
    "/api/emails/reply",
    { ...json, authorization, "idempotency-key": WRITTEN.idempotencyKey },
    JSON.stringify(reply),
  );
  expect(sent.status).toBe(202);
  return threadId;
}

/** Sends every kind of wrong request, and returns the answers. */
async function knockEverywhere(threadId: string): Promise<string> {
  const stranger = {
    authorization: `Bearer ${SENT.wrongBearer}`,
    cookie: `__session=${SENT.cookie}; claimdesk_demo=${SENT.cookie}`,
    "x-secret": SENT.header,
    referer: `https://elsewhere.example/${SENT.referer}`,
  };
  const priya = { authorization: bearer("priya") };
  const answers = await Promise.all([
    fetch(`${app.url}/api/metrics?token=${SENT.query}`, { headers: stranger }),
    fetch(`${app.url}/api/emails/tickets/${SENT.pathPart}`, { headers: stranger }),
    fetch(`${app.url}/api/emails/tickets?status=${SENT.wrongValue}`, { headers: priya }),
    fetch(`${app.url}/api/emails/tickets/${threadId}`, { headers: stranger }),
    fetch(`${app.url}/api/team`, { headers: { authorization: `Basic ${SENT.wrongBasic}` } }),
    fetch(`${app.url}/dashboard/tickets`, { headers: stranger, redirect: "manual" }),
    fetch(`${app.url}/no/such/page`, { headers: stranger }),
    fetch(`${app.url}/api/health/ready`),
    post("/api/emails/inbound", { ...stranger, "content-type": "message/rfc822" }, "x"),
    post("/api/internal/tick", stranger, ""),
    post("/api/emails/claim", { ...json, ...priya, origin: "https://evil.example" }, "{}"),
    post("/api/emails/claim", { ...json, ...priya }, `{"threadId": "${SENT.brokenJson}`),
    post("/api/emails/claim", { ...json, ...priya }, JSON.stringify({ threadId: SENT.wrongValue })),
    post(
      "/api/demo/session",
      { "content-type": "application/x-www-form-urlencoded" },
      `member=${SENT.formField}`,
    ),
  ]);
  const texts = answers.map(async (answer) => `${[...answer.headers].join("\n")}\n${await answer.text()}`);
  return (await Promise.all(texts)).join("\n");
}

async function bundleText(): Promise<string> {
  const folder = path.resolve(".next", "static");
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile() && /\.(js|css|json|map|txt)$/.test(file.name))
    .map((file) => readFile(path.join(file.parentPath, file.name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("none of 22 secrets is in the log, in an answer to a stranger or in a file for the browser", async () => {
  const threadId = await workAtTheDesk();
  const answers = await knockEverywhere(threadId);
  // Both the mail and the card have failed by then.
  await expect.poll(() => log, { timeout: 20_000 }).toContain("discord request failed");
  const tick = await post("/api/internal/tick", { authorization: `Bearer ${KEPT.cronSecret}` }, "");
  expect(tick.status).toBe(200);
  // Refusals are logged, without the text of the request.
  for (const reason of ["unauthenticated", "cross_origin"]) expect(log).toContain(`"reason":"${reason}"`);
  const bundle = await bundleText();
  expect(bundle.length).toBeGreaterThan(100_000);

  const secrets = Object.values({ ...KEPT, ...SENT, ...WRITTEN });
  expect(secrets).toHaveLength(22);
  const session = bearer("priya").split(" ")[1] ?? "";
  for (const [where, text] of Object.entries({ log, answers, bundle })) {
    const found = [...secrets, session].filter((secret) => text.includes(secret));
    expect(found, where).toEqual([]);
  }
});
