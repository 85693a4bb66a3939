import { MongoMemoryReplSet } from "mongodb-memory-server-core";
import { findMongod } from "./mongod-binary.mjs";

/** A killed process must not lock its ticket for the 60 s that a transaction may live by default. */
const LIFETIME = ["--setParameter", "transactionLifetimeLimitSeconds=15"];

export type Mongod = { uri: (database: string) => string; stop: () => Promise<void> };

/**
 * Starts a real replica set of one node, on loopback. Its data is in `kept`, to be found again at the next start on
 * the same port, or else in a temporary folder that `stop` removes. Tells `report` before a slow step.
 */
export async function startMongod(
  report?: (step: string) => void,
  kept?: { dbPath: string; port: number },
): Promise<Mongod> {
  const replSet = await MongoMemoryReplSet.create({
    binary: { systemBinary: await findMongod(report), version: "6.0.5", checkMD5: false },
    replSet: {
      ...{ count: 1, storageEngine: "wiredTiger", name: "claimdesk", ip: "127.0.0.1" },
      // Then Ctrl+C in a terminal does not reach it, and it outlives the app, which still writes.
      spawn: { detached: kept !== undefined },
    },
    instanceOpts: [{ launchTimeout: 60_000, args: LIFETIME, ...kept }],
  });
  return {
    uri: (database) => replSet.getUri(database),
    stop: async () =>
      void (await replSet.stop(kept ? { doCleanup: false } : { doCleanup: true, force: true })),
  };
}
