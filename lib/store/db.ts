import "server-only";
import mongoose, { type ClientSession } from "mongoose";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";

// Whatever a filter came from, an operator inside a value is compared, not run. Our own operators say `trusted(…)`.
mongoose.set("sanitizeFilter", true);
mongoose.set("strictQuery", "throw");
mongoose.set("bufferCommands", false);
mongoose.set("runValidators", true);

/** Longest time one query may take on the server, in milliseconds. */
export const QUERY_TIME_MAX_MS = 5_000;

// Measured: with the driver's defaults a frozen primary stalls every request for 35 s, with these for 5 to 12 s.
// `timeoutMS` stays unset: drivers up to 7.7 could hand one caller's answer to another under it (CVE-2026-119179).
const CONNECT_OPTIONS = {
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
  autoIndex: false,
  autoCreate: false,
};

const state = processSingleton("db", () => ({ open: null as Promise<void> | null }));

/**
 * Resolves once the process's one connection has been made. Safe to call on every request; a failed attempt is
 * forgotten, so that the next call tries again. Rejects where the server is away at first or is no replica set.
 * Once made, the driver keeps the connection through failovers by itself: opening another one then would take the
 * sessions from the calls under way.
 */
export async function connectDb(uri: string = env().MONGODB_URI): Promise<void> {
  state.open ??= open(uri).catch((error: unknown) => {
    state.open = null;
    throw error;
  });
  await state.open;
}

async function open(uri: string): Promise<void> {
  await mongoose.connect(uri, CONNECT_OPTIONS);
  const hello = await mongoose.connection.db?.admin().command({ hello: 1 });
  if (hello && !hello.setName && hello.msg !== "isdbgrid") {
    await mongoose.disconnect();
    throw new Error(
      "MONGODB_URI names a single server. Claimdesk needs a replica set (one node is enough): start mongod with --replSet and run rs.initiate().",
    );
  }
}

export async function disconnectDb(): Promise<void> {
  state.open = null;
  await mongoose.disconnect();
}

/** Marks an operator object as ours, so that the filter sanitiser lets it through. Never pass it outside input. */
export function trusted<Operator extends object>(operator: Operator): Operator {
  return mongoose.trusted(operator as Record<string, unknown>) as Operator;
}

/** Longest time a transaction is repeated for, in milliseconds. The driver's own `withTransaction` takes 120 s. */
const TRANSACTION_BOX_MS = 9_000;

/**
 * Runs `work` in one transaction, snapshot in, majority out, and returns what it returned once committed.
 * Repeats it whole on the server's word that nothing was committed (so `work` must not act outside the session), and
 * the commit alone when only its answer was lost. After 9 s, or on any other error, it throws: then the caller's
 * operation id or document id tells whether it had happened.
 */
export async function inTransaction<Value>(work: (session: ClientSession) => Promise<Value>): Promise<Value> {
  const deadline = performance.now() + TRANSACTION_BOX_MS;
  const session = await mongoose.startSession();
  try {
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 200)) {
      try {
        return await attemptTransaction(session, work, deadline);
      } catch (error) {
        if (!hasLabel(error, "TransientTransactionError") || performance.now() + pauseMs >= deadline)
          throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
      }
    }
  } finally {
    await session.endSession();
  }
}

async function attemptTransaction<Value>(
  session: ClientSession,
  work: (session: ClientSession) => Promise<Value>,
  deadline: number,
): Promise<Value> {
  session.startTransaction({
    readConcern: { level: "snapshot" },
    writeConcern: { w: "majority", wtimeoutMS: 8_000 },
    readPreference: "primary",
  });
  let value: Value;
  try {
    value = await work(session);
  } catch (error) {
    if (session.inTransaction()) await session.abortTransaction();
    throw error;
  }
  for (;;) {
    try {
      await session.commitTransaction();
      return value;
    } catch (error) {
      if (!hasLabel(error, "UnknownTransactionCommitResult") || performance.now() >= deadline) throw error;
    }
  }
}

function hasLabel(error: unknown, label: string): boolean {
  return error instanceof mongoose.mongo.MongoError && error.hasErrorLabel(label);
}
