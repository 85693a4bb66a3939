import { rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * The first port from `wanted` on that is free on this machine, and that no other desk which is just starting has chosen: it
 * is this process's until it ends. Throws if the next hundred are taken.
 */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port += 1) {
    if ((await isFree(port, "127.0.0.1")) && (await isFree(port, "::")) && (await reserve(port))) return port;
  }
  throw new Error(
    `No free port from ${wanted} to ${wanted + 99}. Stop what listens there, then start again.`,
  );
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL"),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** The file that holds the process for which the port is reserved. */
export function reservationOf(port: number): string {
  return path.join(tmpdir(), `claimdesk-port-${port}`);
}

/** False if another process that still runs has reserved the port. */
async function reserve(port: number): Promise<boolean> {
  const file = reservationOf(port);
  const own = String(process.pid);
  try {
    await writeFile(file, own, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") return true; // no temporary folder to write to
    const owner = await readFile(file, "utf8").catch(() => "");
    if (owner !== own && isRunning(Number(owner))) return false;
    await writeFile(file, own);
  }
  process.once("exit", () => rmSync(file, { force: true }));
  return true;
}

function isRunning(pid: number): boolean {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
