import { execFile, type ChildProcess } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { BuildVariant } from "@/scripts/build.mjs";
import { startApp } from "@/scripts/app-process";
import { freePort } from "@/scripts/ports";
import { PUBLIC_KEY_PEM, publishableKeyOf, sessionToken } from "@/tests/support/clerk/clerk-tokens";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const APP_URL = "http://desk.test";
const METRICS_TOKEN = "metrics-token-of-the-faults";

export type AppProcess = {
  url: string;
  /** The web process. */
  process: ChildProcess;
  /** The process id of its worker; null while none runs. */
  workerPid: () => Promise<number | null>;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
};

/** The environment of the built app with Clerk's identity. Everybody with a token that a test signs is a member. */
export function teamEnvironment(overrides: Record<string, string>): Record<string, string> {
  return {
    APP_URL,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: publishableKeyOf("desk.test"),
    CLERK_SECRET_KEY: "sk_live_of_the_tests",
    CLERK_JWT_KEY: PUBLIC_KEY_PEM,
    CLERK_API_URL: "http://127.0.0.1:9", // nobody answers there
    ALLOWED_EMAIL_DOMAINS: "team.example",
    RATE_LIMIT_FACTOR: "1000",
    SUPPORT_ADDRESS: "support@desk.example",
    SUPPORT_NAME: "Desk Support",
    INBOUND_SECRET: "inbound-secret-of-the-faults",
    METRICS_TOKEN,
    ...overrides,
  };
}

/** An `Authorization` value of the member `slug`, valid for an hour. */
export function bearer(slug: string): string {
  const now = Math.floor(Date.now() / 1_000);
  return `Bearer ${sessionToken({
    sub: `user_${slug}`,
    email: `${slug}@team.example`,
    name: slug,
    azp: APP_URL,
    exp: now + 3_600,
  })}`;
}

/** Starts the build that ships, or another one. */
export async function startTeamApp(env: Record<string, string>, variant?: BuildVariant): Promise<AppProcess> {
  // Test files that run at the same time each have their own range of ports.
  const port = await freePort(5_100 + 100 * Number(process.env.VITEST_POOL_ID));
  const child = await startApp(port, { ...env, ...variant });
  const stop = (signal: NodeJS.Signals = "SIGTERM") =>
    new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill(signal);
    });
  return { url: `http://localhost:${port}`, process: child, workerPid: () => childOf(child), stop };
}

const run = promisify(execFile);

/** The only process that `parent` has started. */
async function childOf({ pid }: ChildProcess): Promise<number | null> {
  const { stdout } = await run("pgrep", ["-P", String(pid)]).catch(() => ({ stdout: "" })); // it exits with 1 for none
  const [first] = stdout.split("\n");
  return first ? Number(first) : null;
}

/** True if the process has ended, whether or not anybody has asked for its exit code. */
export async function hasEnded(pid: number): Promise<boolean> {
  const { stdout } = await run("ps", ["-o", "stat=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return stdout.trim() === "" || stdout.startsWith("Z");
}

/** How often the worker ended by itself, as the metrics of `url` tell. */
export async function workerRestarts(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const text = await (await fetch(`${url}/api/metrics`, { headers })).text();
  return Number(/^claimdesk_worker_restarts_total\{.*\} (\d+)$/m.exec(text)?.[1]);
}

/** Creates collections and indexes as an operator would. */
export async function createIndexesIn(env: Record<string, string>): Promise<void> {
  // Not the blocking form: a mongod of this process stalls if nobody reads its log.
  await run(
    path.join(root, "node_modules", ".bin", "tsx"),
    ["--conditions=react-server", path.join(root, "scripts", "indexes.ts")],
    { cwd: root, env: { ...process.env, ...env } },
  );
}
