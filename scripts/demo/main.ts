// `npm run demo`: the whole product on this machine, on embedded parts. Each real part that is configured in the
// environment (or in .env) takes the place of its stand-in.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startMailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { buildIfStale } from "@/scripts/build.mjs";
import { startApp } from "@/scripts/app-process";
import { startDatabase } from "./database";
import { sendDemoMails } from "./mails";
import { freePort } from "@/scripts/ports";
import { keptSettings } from "./settings";

const root = path.resolve(import.meta.dirname, "..", "..");
const folder = path.join(root, ".data");
const report = (what: string) => console.log(`• ${what} …`);

type Stop = () => unknown;

async function main(): Promise<void> {
  if (existsSync(path.join(root, ".env"))) process.loadEnvFile(path.join(root, ".env"));
  if (process.argv.includes("--reset")) {
    report("Starting over: removing the demo's data");
    await rm(folder, { recursive: true, force: true });
  }
  const stops: Stop[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    await start(stops);
  } catch (error) {
    await stop();
    throw error;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.log("\nStopping; everything is kept for the next start.");
      void stop().then(() => process.exit(0));
    });
  }
}

async function start(stops: Stop[]): Promise<void> {
  const given = process.env;
  const settings = await keptSettings(folder);
  const env: Record<string, string> = { INBOUND_SECRET: given.INBOUND_SECRET ?? settings.inboundSecret };
  const places: [string, string][] = [];
  buildIfStale(report, "pipe");

  if (!given.MONGODB_URI) {
    report("Starting the database");
    const database = await startDatabase(folder, report);
    stops.push(database.stop);
    env.MONGODB_URI = database.uri;
  }
  const port = await freePort(Number(given.PORT ?? 3000));
  const inboundPort = Number(given.INBOUND_SMTP_PORT ?? (await freePort(2525)));
  const appUrl = given.APP_URL ?? `http://localhost:${port}`;
  const supportAddress = given.SUPPORT_ADDRESS ?? "support@claimdesk.example";
  Object.assign(env, {
    APP_URL: appUrl,
    INBOUND_SMTP_PORT: String(inboundPort),
    SUPPORT_ADDRESS: supportAddress,
    SUPPORT_NAME: given.SUPPORT_NAME ?? "Claimdesk Support",
    // Three people for everybody who tries things out, scripts among them.
    RATE_LIMIT_FACTOR: given.RATE_LIMIT_FACTOR ?? "100",
  });
  if (!given.CLERK_SECRET_KEY && !given.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY) {
    env.AUTH_MODE = "demo";
    env.DEMO_SESSION_SECRET = given.DEMO_SESSION_SECRET ?? settings.sessionSecret;
  }
  if (!given.SMTP_URL) {
    const catcher = await startMailCatcher({
      smtpPort: await freePort(2626),
      httpPort: await freePort(port + 1),
    });
    stops.push(catcher.close);
    env.SMTP_URL = catcher.smtpUrl;
    places.push(["Mail that went out", catcher.pageUrl]);
  }
  if (!given.DISCORD_WEBHOOK_URL) {
    const discord = await startDiscordStandIn({
      port: await freePort(port + 2),
      file: path.join(folder, "discord.json"),
    });
    stops.push(discord.close);
    env.DISCORD_WEBHOOK_URL = discord.webhookUrl;
    env.DISCORD_API_URL = discord.url;
    places.push(["The Discord channel", discord.url]);
  }
  Object.assign(process.env, env);

  report("Preparing the database");
  await prepareDatabase();
  report("Starting the app");
  const app = await startApp(port, env);
  app.once("exit", () => process.exit(1));
  stops.push(() => stopApp(app));
  await sendDemoMails(inboundPort, report);

  printPlaces(appUrl, places, inboundPort, supportAddress, env.INBOUND_SECRET ?? "");
}

async function prepareDatabase(): Promise<void> {
  const { connectDb, disconnectDb } = await import("@/lib/store/db");
  const { createIndexes } = await import("@/lib/store/indexes");
  await connectDb();
  await createIndexes();
  await disconnectDb();
}

function stopApp(app: Awaited<ReturnType<typeof startApp>>): Promise<void> {
  app.removeAllListeners("exit");
  return new Promise((resolve) => {
    app.once("exit", () => resolve());
    app.kill("SIGTERM");
  });
}

function printPlaces(
  appUrl: string,
  places: [string, string][],
  inboundPort: number,
  to: string,
  secret: string,
): void {
  const rows: [string, string][] = [
    ["The desk", appUrl],
    ...places,
    ["Mail comes in at", `smtp://localhost:${inboundPort} (any mail client, to ${to})`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(
    `\nClaimdesk is running.\n\n${rows.map(([name, place]) => `  ${name.padEnd(width)}  ${place}`).join("\n")}`,
  );
  console.log(
    `\n  Or post a raw mail:\n  curl -H "Authorization: Bearer ${secret}" -H "Content-Type: message/rfc822" --data-binary @mail.eml ${appUrl}/api/emails/inbound`,
  );
  console.log(
    "\nOpen the desk, choose a person, and claim a ticket. Ctrl+C stops; the data stays. Start over: npm run demo -- --reset\n",
  );
}

main().catch((error: unknown) => {
  console.error(`\nThe demo could not start.\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
