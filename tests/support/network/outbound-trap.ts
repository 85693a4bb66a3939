import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

// No import of ours: scripts/serve.mjs is started with this before anything else, by Node alone.

/** Where something in this process wants to connect to; no port where a name is only looked up. */
export type Target = { host: string; port?: number };

/**
 * Has every connection, every look-up of a name and every datagram of this thread ask `isAllowed` first, whoever wants
 * it and by whichever of Node's ways. What is not allowed fails and never leaves the process.
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

/** What a call of `connect` aims at; null where that is a path of this machine's files. */
function targetOf(args: unknown[]): Target | null {
  // Node's own callers pass their arguments as one list.
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
