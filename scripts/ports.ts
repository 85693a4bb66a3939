import { createServer } from "node:net";

/** The first port from `wanted` on that is free on this machine. Throws if the next hundred are taken. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 100; port += 1) {
    if ((await isFree(port, "127.0.0.1")) && (await isFree(port, "::"))) return port;
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
