import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const serve = path.join(root, "scripts", "serve.mjs");
const READY_MS = 60_000;

/**
 * Starts the built app on `port` of this machine and resolves once it answers. Rejects with what the app printed if it
 * ends before that.
 */
export async function startApp(port: number, env: Record<string, string>): Promise<ChildProcess> {
  const child = launch([serve], port, { ...env, NODE_ENV: "production" }, ["ignore", "pipe", "pipe"]);
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-8_000);
    });
  }
  await untilReady(child, port, () => printed);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", showTrouble);
  return child;
}

/** The same with the sources and hot reload; prints what Next prints. */
export async function startDevApp(port: number, env: Record<string, string>): Promise<ChildProcess> {
  const quiet = { LOG_LEVEL: process.env.LOG_LEVEL ?? "warn", NEXT_TELEMETRY_DISABLED: "1" };
  const child = launch([serve, "--dev"], port, { ...env, ...quiet, NODE_ENV: "development" }, "inherit");
  await untilReady(child, port, () => "");
  return child;
}

function launch(script: string[], port: number, env: Record<string, string>, stdio: StdioOptions) {
  // Not 127.0.0.1: under Clerk's proxy Next takes that for another origin than localhost.
  const args = [...script, "-H", "localhost", "-p", String(port)];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio });
  const kill = () => child.kill();
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return child;
}

async function untilReady(child: ChildProcess, port: number, printed: () => string): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", () => reject(new Error(`The app ended before it was ready.\n${printed()}`)));
  });
  await Promise.race([ended, answers(`http://localhost:${port}/api/health/live`)]);
  // Somebody else's desk may have answered, while ours found its port taken.
  if (child.exitCode !== null || child.signalCode !== null) await ended;
  child.removeAllListeners("exit");
  ended.catch(() => {});
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`The app did not answer at ${url} within a minute.`);
}

/** Prints the warnings and errors (pino's level 40 and up) of the app's log. */
function showTrouble(text: string): void {
  for (const line of text.split("\n")) {
    const level = /^\{"level":(\d+)/.exec(line)?.[1];
    if (level && Number(level) >= 40) process.stderr.write(`${line}\n`);
  }
}
