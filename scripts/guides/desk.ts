// A desk of its own for the pictures: the demo's people and mails on embedded parts, with nothing kept.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { execFileSync, type ChildProcess } from "node:child_process";
import { startApp } from "@/scripts/app-process";
import { prepareDatabase } from "@/scripts/demo/desk";
import { startMongod } from "@/scripts/mongod";
import { freePort } from "@/scripts/ports";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startMailCatcher } from "@/scripts/stand-ins/mail-catcher/server";

export type GuideDesk = {
  url: string;
  inboundPort: number;
  /** Halts the worker wherever it is, so that its work can be looked at; the returned function lets it go on. */
  haltWorker: () => () => void;
};
type Report = (step: string) => void;

/**
 * Starts the built app on a database in a temporary folder. Each part that was started adds to `stops` how it is ended, the
 * last one to be ended first. Real services that the environment or .env names are not used.
 */
export async function startGuideDesk(stops: (() => unknown)[], report: Report): Promise<GuideDesk> {
  report("Starting a database of its own");
  const mongod = await startMongod(report);
  stops.push(mongod.stop);
  const mail = await startMailCatcher({ smtpPort: await freePort(6_600), httpPort: await freePort(6_700) });
  stops.push(mail.close);
  const discord = await startDiscordStandIn({ port: await freePort(6_800), limits: UNLIMITED });
  stops.push(discord.close);

  const [port, inboundPort] = [await freePort(6_300), await freePort(6_500)];
  const url = `http://localhost:${port}`;
  const env = {
    ...CLERK_OFF,
    MONGODB_URI: mongod.uri("guides"),
    APP_URL: url,
    AUTH_MODE: "demo",
    DEMO_SESSION_SECRET: randomBytes(32).toString("base64url"),
    INBOUND_SECRET: randomBytes(18).toString("base64url"),
    INBOUND_SMTP_PORT: String(inboundPort),
    FOLLOWERS: "on",
    RATE_LIMIT_FACTOR: "1000",
    SUPPORT_ADDRESS: "support@claimdesk.example",
    SUPPORT_NAME: "Claimdesk Support",
    SMTP_URL: mail.smtpUrl,
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    DISCORD_API_URL: discord.url,
    TZ: "UTC",
  };
  Object.assign(process.env, env);
  report("Starting the desk");
  await prepareDatabase();
  const app = await startApp(port, env);
  stops.push(() => ended(app));
  let goOn = () => {};
  stops.push(() => goOn()); // a worker that is halted could not be ended
  return { url, inboundPort, haltWorker: () => (goOn = haltWorkerOf(app)) };
}

/** The channel of the pictures keeps nobody waiting, so that no notice about it stands in them. */
const UNLIMITED = { webhook: null, oldEdits: null, global: null };
/** The demo never runs beside Clerk. Empty, so that .env does not set them either. */
const CLERK_OFF = {
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "",
  CLERK_SECRET_KEY: "",
  CLERK_JWT_KEY: "",
};

/** The worker is the only process that the app has started. */
function haltWorkerOf(app: ChildProcess): () => void {
  const pid = Number(execFileSync("pgrep", ["-P", String(app.pid)], { encoding: "utf8" }).split("\n")[0]);
  process.kill(pid, "SIGSTOP");
  return () => process.kill(pid, "SIGCONT");
}

async function ended(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null || app.signalCode !== null) return;
  const gone = once(app, "exit");
  app.kill("SIGTERM");
  await gone;
}
