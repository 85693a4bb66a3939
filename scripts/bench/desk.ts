import { randomBytes } from "node:crypto";
import { startApp } from "@/scripts/app-process";
import { freePort } from "@/scripts/ports";

export const INBOUND_SECRET = "bench-inbound-secret";

export type BenchDesk = { url: string; smtpPort: number; pid: number; stop: () => Promise<void> };

/** Each desk has ports of its own: a connection kept from the last one would be broken. */
let firstPort = 4900;

const demoEnvironment = () => ({ AUTH_MODE: "demo", DEMO_SESSION_SECRET: randomBytes(32).toString("hex") });

/**
 * Starts the built app on the database at `uri`, without limits on how often one may ask. `identity` is the part of the
 * environment that says who may sign in, by default the members of the demo;
 * `more` are further variables.
 */
export async function startBenchDesk(
  uri: string,
  identity: Record<string, string> = demoEnvironment(),
  more: Record<string, string> = {},
): Promise<BenchDesk> {
  firstPort += 10;
  const port = await freePort(firstPort);
  const smtpPort = await freePort(port + 1);
  const url = `http://localhost:${port}`;
  const app = await startApp(port, {
    MONGODB_URI: uri,
    APP_URL: url,
    ...identity,
    SUPPORT_ADDRESS: "support@desk.example",
    INBOUND_SECRET,
    INBOUND_SMTP_PORT: String(smtpPort),
    RATE_LIMIT_FACTOR: "100000", // every request comes from one address
    ...more,
  });
  return {
    url,
    smtpPort,
    pid: app.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => app.once("exit", resolve));
      app.kill("SIGTERM");
      await ended;
    },
  };
}

/** The cookie of a demo member. */
export async function signIn(url: string, memberId = "user_demo_priya"): Promise<string> {
  const response = await fetch(`${url}/api/demo/session`, {
    method: "POST",
    headers: { origin: url },
    body: new URLSearchParams({ member: memberId }),
    redirect: "manual",
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (!cookie) throw new Error(`Signing in answered ${response.status}`);
  return cookie;
}
