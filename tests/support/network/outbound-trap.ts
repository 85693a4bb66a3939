import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

// Imports only from Node: it is loaded before everything else in scripts/serve.mjs.

/** The target of a connection, or of the look-up of a name, which has no port. */
export type Target = { host: string; port?: number };

/**
 * Makes every connection, look-up of a name and datagram of this thread ask `isAllowed` first, through each of Node's
 * interfaces. If refused, it fails and nothing leaves the process.
 */
export function trapOutbound(isAllowed: (target: Target) => boolean): void {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: Parameters<typeof connect>) {
    const target = targetOf(args);
    if (!target || isAllowed(target)) return connect.apply(this, args);
    return this.destroy(refusal(target));
  } as typeof connect;

  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of Object.keys(dns).filter((key) => /^(lookup|resolve|reverse)/.test(key))) {
      guardLookup(resolver as unknown as Lookups, name, isAllowed);
    }
  }

  const createSocket = dgram.createSocket;
  dgram.createSocket = (...args: unknown[]) => {
    const target = { host: "datagrams" };
    if (!isAllowed(target)) throw refusal(target);
    return Reflect.apply(createSocket, dgram, args);
  };
  syncBuiltinESMExports();
}

type Lookups = Record<string, ((name: string, ...rest: unknown[]) => unknown) | undefined>;

function guardLookup(resolver: Lookups, name: string, isAllowed: (target: Target) => boolean): void {
  const look = resolver[name];
  if (!look) return;
  resolver[name] = function (this: unknown, host, ...rest) {
    if (isAllowed({ host })) return look.call(this, host, ...rest);
    throw refusal({ host });
  };
}

/** The target of a call of `connect`; null if it is a path to a socket file. */
function targetOf(args: unknown[]): Target | null {
  // Node itself passes the arguments as one list.
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as unknown[];
  if (typeof first === "object" && first !== null) {
    const { path, host, port } = first as { path?: string; host?: string; port?: number | string };
    return path ? null : { host: host ?? "localhost", port: Number(port) };
  }
  if (Number.isNaN(Number(first))) return null;
  return { host: typeof second === "string" ? second : "localhost", port: Number(first) };
}

function refusal({ host, port }: Target): Error {
  return new Error(`Nothing here may reach ${host}${port === undefined ? "" : `:${port}`}.`);
}
