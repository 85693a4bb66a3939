import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/**
 * Starts the built app on `port` of this machine and resolves once it answers. Rejects with what it printed where it
 * ends before that.
 */
export async function startApp(port: number, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    // "localhost" and not 127.0.0.1: under Clerk's proxy Next takes the number for another origin.
    [path.join(root, "scripts", "serve.mjs"), "-H", "localhost", "-p", String(port)],
    { cwd: root, env: { ...process.env, ...env, NODE_ENV: "production" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      printed = (printed + text).slice(-8_000);
    });
  }
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", () => reject(new Error(`The app ended before it was ready.\n${printed}`)));
  });
  await Promise.race([ended, answers(`http://localhost:${port}/api/health/live`)]);
  child.removeAllListeners("exit");
  ended.catch(() => {});
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: string) => showTrouble(text));
  return child;
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
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

/** Of the app's log, what a person at the demo wants to see: warnings and worse (pino's level 40 and up). */
function showTrouble(text: string): void {
  for (const line of text.split("\n")) {
    const level = /^\{"level":(\d+)/.exec(line)?.[1];
    if (level && Number(level) >= 40) process.stderr.write(`${line}\n`);
  }
}
