import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import mongoose, { type ClientSession, type mongo } from "mongoose";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { ConnectionLostError, isOutcomeUnknown } from "./unknown-outcome";

// An operator inside a value from outside is compared, not run. Our own operators are marked by `trusted(…)`.
mongoose.set("sanitizeFilter", true);
mongoose.set("strictQuery", "throw");
mongoose.set("bufferCommands", false);
// `runValidators` stays off, as by default: zod and our own constants guard what is written. See decision 0019.

/** The name by which the server knows every process of the desk. */
export const APP_NAME = "claimdesk";

/** Longest time one query may take on the server, in milliseconds. */
export const QUERY_TIME_MAX_MS = 5_000;

// Measured: with the driver's defaults a frozen primary stalls every request for 35 s, with these for 5 to 12 s.
// `timeoutMS` stays unset: drivers up to 7.7 could hand one caller's answer to another under it (CVE-2026-119179).
const CLIENT_OPTIONS = {
  appName: APP_NAME,
  maxPoolSize: 20,
  minPoolSize: 2,
  maxIdleTimeMS: 60_000,
  waitQueueTimeoutMS: 5_000,
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 2_000,
  heartbeatFrequencyMS: 1_000,
  socketTimeoutMS: 20_000,
  retryWrites: true,
  // In code, so that a connection string cannot weaken it: below majority, acknowledged claims get lost.
  writeConcern: { w: "majority" as const, wtimeoutMS: 8_000 },
  readPreference: "primary" as const,
};
const CONNECT_OPTIONS = { ...CLIENT_OPTIONS, autoIndex: false, autoCreate: false };

const state = processSingleton("db", () => ({ open: null as Promise<void> | null, uri: "" }));

/**
 * Resolves once the process's one connection is made. Safe to call on every request; after a failed attempt the next
 * call tries again. Rejects if the server cannot be reached or is no replica set. Once made, the driver keeps the
 * connection through failovers. Only if the driver has given up on every server is it replaced, by the next call: the
 * outcome of calls that still run on the old one is then unknown.
 */
export async function connectDb(uri: string = env().MONGODB_URI): Promise<void> {
  state.open ??= open(uri).catch((error: unknown) => {
    state.open = null;
    throw error;
  });
  await state.open;
}

async function open(uri: string): Promise<void> {
  state.uri = uri;
  await mongoose.connection.close(); // of a connection that was lost; otherwise does nothing
  await mongoose.connect(uri, CONNECT_OPTIONS);
  const client = mongoose.connection.getClient();
  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    // The driver drops a server that answers as a standalone, and once it has none left, it never looks for one again.
    if (newDescription.servers.size === 0 && client === mongoose.connection.getClient()) state.open = null;
  });
  const hello = await mongoose.connection.db?.admin().command({ hello: 1 });
  if (hello && !hello.setName && hello.msg !== "isdbgrid") {
    await mongoose.disconnect();
    throw new mongoose.mongo.MongoCompatibilityError(
      "MONGODB_URI names a single server. Claimdesk needs a replica set (one node is enough): start mongod with --replSet and run rs.initiate().",
    );
  }
}

export async function disconnectDb(): Promise<void> {
  state.open = null;
  await mongoose.disconnect();
}

/**
 * Runs `work` on a connection of its own to the connected database, for commands that may take hours: nothing times out
 * but the search for a server.
 */
export async function onOwnConnection(work: (db: mongo.Db) => Promise<void>): Promise<void> {
  const client = new mongoose.mongo.MongoClient(state.uri, {
    ...CLIENT_OPTIONS,
    ...{ minPoolSize: 0, maxIdleTimeMS: 0, socketTimeoutMS: 0, writeConcern: { w: "majority" } },
  });
  try {
    await work(client.db(mongoose.connection.name));
  } finally {
    await client.close();
  }
}

/** Marks an operator object of our own, so that the filter sanitiser lets it through. Never pass it outside input. */
export function trusted<Operator extends object>(operator: Operator): Operator {
  return mongoose.trusted(operator as Record<string, unknown>) as Operator;
}

/** How long a transaction is retried, in milliseconds. The driver's own `withTransaction` retries for 120 s. */
const TRANSACTION_BOX_MS = 9_000;

/**
 * Runs `work` in one transaction (snapshot reads, majority writes) and returns its result once committed. If an attempt
 * fails before its commit, or the server says that nothing was committed, it runs `work` again, so `work` must not act
 * outside the session; if only the answer to the commit was lost, it repeats the commit. Throws after 9 s and on any
 * other error: the caller's operation id or document id then tells whether it happened.
 */
export async function inTransaction<Value>(work: (session: ClientSession) => Promise<Value>): Promise<Value> {
  const deadline = performance.now() + TRANSACTION_BOX_MS;
  const client = mongoose.connection.getClient();
  const session = await mongoose.startSession();
  try {
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 200)) {
      const { value, error } = await attemptTransaction(session, work, deadline);
      if (!error) return value as Value; // committed
      // On a connection that was replaced meanwhile, errors tell of a wrong use of the session: none is an answer.
      if (session.hasEnded || client !== mongoose.connection.getClient())
        throw new ConnectionLostError(error.cause);
      if (!error.isRepeatable || performance.now() + pauseMs >= deadline) throw error.cause;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  } finally {
    await session.endSession();
  }
}

/** `isRepeatable` if nothing of the attempt was committed and the next may succeed. */
type Failed = { cause: unknown; isRepeatable: boolean };
type Attempted<Value> = { value: Value; error?: undefined } | { value?: undefined; error: Failed };

async function attemptTransaction<Value>(
  session: ClientSession,
  work: (session: ClientSession) => Promise<Value>,
  deadline: number,
): Promise<Attempted<Value>> {
  let value: Value;
  try {
    session.startTransaction({
      readConcern: { level: "snapshot" },
      writeConcern: { w: "majority", wtimeoutMS: 8_000 },
      readPreference: "primary",
    });
    value = await work(session);
  } catch (cause) {
    if (session.inTransaction()) await session.abortTransaction();
    return { error: { cause, isRepeatable: isOutcomeUnknown(cause) } };
  }
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    try {
      await session.commitTransaction();
      return { value };
    } catch (cause) {
      if (hasLabel(cause, "TransientTransactionError")) return { error: { cause, isRepeatable: true } };
      // The driver answers a socket's own error with a TypeError of its own, so only a server's refusal is an answer.
      const isUnknown = !(cause instanceof mongoose.mongo.MongoServerError) || isOutcomeUnknown(cause);
      if (!isUnknown) return { error: { cause, isRepeatable: false } };
      if (session.hasEnded || performance.now() + pauseMs >= deadline)
        return { error: { cause: new ConnectionLostError(cause), isRepeatable: false } };
      await sleep(pauseMs);
    }
  }
}

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof mongoose.mongo.MongoError && error.hasErrorLabel(label);
}
