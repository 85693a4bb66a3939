// The whole desk on this machine, on embedded parts, for `npm run demo` and `npm run dev`. A real part that is named in
// the environment or in .env replaces its embedded one.
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startMailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { freePort } from "@/scripts/ports";
import { startDatabase } from "./database";
import { sendDemoMails } from "./send-mails";
import { keptSettings } from "./settings";

const root = path.resolve(import.meta.dirname, "..", "..");
const KEPT = ["mongod", "mongod-port", "discord.json", "settings.json"];
const report = (step: string) => console.log(`• ${step} …`);

type Variant = {
  /** As in `npm run demo`. */
  script: string;
  /** Where everything is kept that the next start finds again. */
  folder: string;
  /** The first ports to try, if the environment names none. */
  port: number;
  mongodPort: number;
  startApp: (port: number, env: Record<string, string>) => Promise<ChildProcess>;
};
type Stop = () => unknown;
type Place = [name: string, address: string];

/**
 * Runs the desk until Ctrl+C, and then stops every part. `--reset` among the arguments removes what was kept first.
 * Ends the process with 1 if a part cannot start or the app ends by itself.
 */
export async function runDesk(variant: Variant): Promise<void> {
  const stops: Stop[] = [];
  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= stopAll(stops);
    return stopping;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!stopping) console.log("\nStopping; everything is kept for the next start.");
      void stop().then(() => process.exit(0));
    });
  }
  try {
    const app = await start(variant, stops);
    app.once("exit", (code, signal) => {
      if (!stopping)
        console.log(`\nThe app ended (${signal ?? `exit code ${code}`}); the desk stops with it.`);
      void stop().then(() => process.exit(1));
    });
  } catch (error) {
    if (stopping) return;
    console.error(`\nThe desk could not start.\n${error instanceof Error ? error.message : String(error)}`);
    await stop();
    process.exit(1);
  }
}

async function stopAll(stops: Stop[]): Promise<void> {
  for (const end of stops.splice(0).reverse()) await end();
}

async function start(variant: Variant, stops: Stop[]): Promise<ChildProcess> {
  const folder = path.join(root, variant.folder);
  if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  if (process.argv.includes("--reset")) {
    report("Starting over: removing what was kept");
    for (const name of KEPT) await rm(path.join(folder, name), { recursive: true, force: true });
  }
  const given = process.env;
  const settings = await keptSettings(folder);
  const env: Record<string, string> = { INBOUND_SECRET: given.INBOUND_SECRET ?? settings.inboundSecret };
  const places: Place[] = [];

  if (!given.MONGODB_URI) {
    report("Starting the database");
    const database = await startDatabase(folder, variant.mongodPort, report);
    stops.push(database.stop);
    env.MONGODB_URI = database.uri("claimdesk");
  }
  const port = await freePort(Number(given.PORT ?? variant.port));
  const inboundPort = Number(given.INBOUND_SMTP_PORT ?? (await freePort(2525)));
  Object.assign(env, {
    APP_URL: given.APP_URL ?? `http://localhost:${port}`,
    INBOUND_SMTP_PORT: String(inboundPort),
    FOLLOWERS: "on", // the example mails come in through the worker
    SUPPORT_ADDRESS: given.SUPPORT_ADDRESS ?? "support@claimdesk.example",
    SUPPORT_NAME: given.SUPPORT_NAME ?? "Claimdesk Support",
    // Everybody who tries the desk out is one of three people, scripts included.
    RATE_LIMIT_FACTOR: given.RATE_LIMIT_FACTOR ?? "100",
  });
  if (!given.CLERK_SECRET_KEY && !given.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY) {
    env.AUTH_MODE = "demo";
    env.DEMO_SESSION_SECRET = given.DEMO_SESSION_SECRET ?? settings.sessionSecret;
  }
  if (!given.SMTP_URL) {
    const ports = { smtpPort: await freePort(2626), httpPort: await freePort(port + 1) };
    const catcher = await startMailCatcher(ports);
    stops.push(catcher.close);
    env.SMTP_URL = catcher.smtpUrl;
    places.push(["Mail that went out", catcher.pageUrl]);
  }
  if (!given.DISCORD_WEBHOOK_URL) {
    const file = path.join(folder, "discord.json");
    const discord = await startDiscordStandIn({ port: await freePort(port + 2), file });
    stops.push(discord.close);
    env.DISCORD_WEBHOOK_URL = discord.webhookUrl;
    env.DISCORD_API_URL = discord.url;
    places.push(["The Discord channel", discord.url]);
  }
  Object.assign(process.env, env);

  report("Preparing the database");
  await prepareDatabase();
  report("Starting the app");
  const app = await variant.startApp(port, env);
  stops.push(() => stopApp(app));
  await sendDemoMails(inboundPort, report);
  printPlaces(variant.script, env, places);
  return app;
}

/** Creates the collections and indexes in the database that the environment names. */
export async function prepareDatabase(): Promise<void> {
  const { connectDb, disconnectDb } = await import("@/lib/store/db");
  const { createIndexes } = await import("@/lib/store/indexes");
  await connectDb();
  await createIndexes();
  await disconnectDb();
}

function stopApp(app: ChildProcess): Promise<void> {
  app.removeAllListeners("exit");
  return new Promise((resolve) => {
    if (app.exitCode !== null || app.signalCode !== null) return resolve();
    app.once("exit", () => resolve());
    app.kill("SIGTERM");
  });
}

function printPlaces(script: string, env: Record<string, string>, places: Place[]): void {
  const { APP_URL, INBOUND_SMTP_PORT, SUPPORT_ADDRESS, INBOUND_SECRET } = env;
  const rows: Place[] = [
    ["The desk", APP_URL ?? ""],
    ...places,
    ["Mail comes in at", `smtp://localhost:${INBOUND_SMTP_PORT} (any mail client, to ${SUPPORT_ADDRESS})`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, address]) => `  ${name.padEnd(width)}  ${address}`);
  console.log(`
Claimdesk is running.

${lines.join("\n")}

  Or post a raw mail:
  curl -H "Authorization: Bearer ${INBOUND_SECRET}" -H "Content-Type: message/rfc822" --data-binary @mail.eml ${APP_URL}/api/emails/inbound

Open the desk, choose a person, and claim a ticket. Ctrl+C stops; the data stays. Start over: npm run ${script} -- --reset
`);
}
