import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { vi } from "vitest";
import { startApp } from "@/scripts/app-process";
import { freePort } from "@/scripts/ports";
import { callAs } from "@/tests/support/browser/demo-sign-in";
import { databaseUri } from "@/tests/support/database/database-uri";
import { rawMail } from "@/tests/support/factories/inbound-mails";
import { Desk } from "./desk";
import { createIndexesIn } from "./team-app";

const INBOUND_SECRET = "inbound-secret-of-the-tests";

export type DemoApp = {
  url: string;
  desk: Desk;
  /** Sends mails of different customers one after the other, by the inbound route, and returns the ids of their tickets. */
  receiveMany: (subjects: string[]) => Promise<string[]>;
  stop: () => Promise<void>;
};

/**
 * Starts the built app on a database of its own: no other test file meets it. Each of the demo's people has signed in once.
 */
export async function startDemoApp(name: string): Promise<DemoApp> {
  const mongodbUri = databaseUri(name);
  // Test files that run at the same time each have their own range of ports.
  const range = 6_000 + 200 * Number(process.env.VITEST_POOL_ID);
  const [port, inboundPort] = [await freePort(range), await freePort(range + 100)];
  const url = `http://localhost:${port}`;
  const env = {
    MONGODB_URI: mongodbUri,
    APP_URL: url,
    AUTH_MODE: "demo",
    DEMO_SESSION_SECRET: randomBytes(32).toString("base64url"),
    RATE_LIMIT_FACTOR: "1000",
    SUPPORT_ADDRESS: "support@desk.example",
    SUPPORT_NAME: "Desk Support",
    INBOUND_SMTP_PORT: String(inboundPort),
    INBOUND_SECRET,
  };
  await createIndexesIn(env);
  const child = await startApp(port, env);
  const desk = await Desk.open({ mongodbUri, inboundPort });
  await vi.waitUntil(() => takesMail(inboundPort), { timeout: 30_000 }); // its worker, a little later
  for (const id of ["user_demo_maya", "user_demo_priya", "user_demo_tomas"])
    await callAs(id, "GET", "/api/team", null, url);
  return {
    url,
    desk,
    receiveMany: (subjects) => receiveMany({ url, desk }, subjects),
    stop: async () => {
      await desk.close();
      await new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      });
    },
  };
}

async function receiveMany(
  { url, desk }: Pick<DemoApp, "url" | "desk">,
  subjects: string[],
): Promise<string[]> {
  const ledgerIds: string[] = [];
  for (const subject of subjects) {
    const response = await fetch(`${url}/api/emails/inbound`, {
      method: "POST",
      headers: { "content-type": "message/rfc822", authorization: `Bearer ${INBOUND_SECRET}` },
      body: new Uint8Array(rawMail({ header: { Subject: subject } })),
    });
    if (response.status !== 202) throw new Error(`The mail was answered with ${response.status}.`);
    ledgerIds.push(((await response.json()) as { ledgerId: string }).ledgerId);
  }
  return Promise.all(ledgerIds.map((ledgerId) => desk.ticketOf(ledgerId)));
}

/** True once the worker's mail server listens. */
function takesMail(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
