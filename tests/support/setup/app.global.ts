import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { startApp } from "@/scripts/app-process";
import { freePort } from "@/scripts/ports";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { startMailCatcher } from "@/scripts/stand-ins/mail-catcher/server";
import { startMongod } from "@/scripts/mongod";
import { createIndexesIn } from "@/tests/support/desk/team-app";

declare module "vitest" {
  export interface ProvidedContext {
    app: {
      url: string;
      mongodbUri: string;
      inboundPort: number;
      inboundSecret: string;
      mailUrl: string;
      discordUrl: string;
    };
  }
}

/** Starts the built app with the demo's sign-in, on a real mongod, a real mail server and the strict stand-in for Discord. */
export default async function setup(project: TestProject) {
  const mongod = await startMongod(console.log);
  const mongodbUri = mongod.uri("e2e");
  const [port, inboundPort] = [await freePort(4300), await freePort(4500)];
  const mail = await startMailCatcher({ smtpPort: await freePort(4600), httpPort: await freePort(4700) });
  const discord = await startDiscordStandIn({ port: await freePort(4800) });
  const url = `http://localhost:${port}`;
  const inboundSecret = randomBytes(18).toString("base64url");
  const env = {
    MONGODB_URI: mongodbUri,
    APP_URL: url,
    AUTH_MODE: "demo",
    DEMO_SESSION_SECRET: randomBytes(32).toString("base64url"),
    RATE_LIMIT_FACTOR: "1000",
    SUPPORT_ADDRESS: "support@desk.example",
    SUPPORT_NAME: "Desk Support",
    SMTP_URL: mail.smtpUrl,
    INBOUND_SMTP_PORT: String(inboundPort),
    INBOUND_SECRET: inboundSecret,
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    DISCORD_API_URL: discord.url,
  };
  await createIndexesIn(env);
  const app = await startApp(port, env);
  project.provide("app", {
    url,
    mongodbUri,
    inboundPort,
    inboundSecret,
    mailUrl: mail.pageUrl,
    discordUrl: discord.url,
  });

  return async () => {
    await new Promise<void>((resolve) => {
      if (app.exitCode !== null || app.signalCode !== null) return resolve();
      app.once("exit", () => resolve());
      app.kill("SIGTERM");
    });
    await discord.close();
    await mail.close();
    await mongod.stop();
  };
}
