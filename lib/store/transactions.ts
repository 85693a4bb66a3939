import "server-only";
import mongoose, { type mongo } from "mongoose";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { APP_NAME } from "./db";
import { isOutcomeUnknown } from "./unknown-outcome";

/**
 * How long a transaction of a live process may wait for its next command, in milliseconds. Ours contain nothing but
 * commands to the database, so one that waits longer belongs to a process that died or stands still.
 */
const IDLE_MAX_MS = 5_000;
/** The server's default for the life of a transaction, and ours, in seconds. No transaction of ours takes 10 s. */
const LIFETIME_DEFAULT_SECONDS = 60;
const LIFETIME_SECONDS = 15;

const refused = processSingleton("transactions-refused", () => new Set<string>());

/**
 * Ends the transactions that a killed process has left open, each of which locks its ticket. Also safe if the process
 * lives: nothing of the transaction was committed, and its process runs it again. Returns how many it ended; 0 if the
 * server does not let us look.
 */
export async function endOrphanedTransactions(): Promise<number> {
  return ifAllowed("end the transactions of killed processes", async (admin) => {
    const orphans = await admin
      .aggregate<{ lsid: { id: mongo.UUID } }>([
        { $currentOp: { allUsers: false, idleSessions: true } },
        {
          $match: {
            type: "idleSession",
            appName: APP_NAME,
            "transaction.timeInactiveMicros": { $gte: IDLE_MAX_MS * 1_000 },
          },
        },
        { $project: { lsid: 1 } },
      ])
      .toArray();
    if (orphans.length === 0) return 0;
    await admin.command({ killSessions: orphans.map(({ lsid }) => ({ id: lsid.id })) });
    log.warn({ count: orphans.length }, "ended transactions of processes that were killed");
    return orphans.length;
  });
}

/**
 * Lets the server end every transaction after 15 s, for the time when no process of ours is there to do it. Changes the
 * server's default only, never a value that somebody chose, and only the primary of this moment.
 */
export async function limitTransactions(): Promise<void> {
  await ifAllowed("limit the life of transactions", async (admin) => {
    const name = "transactionLifetimeLimitSeconds";
    const { [name]: seconds } = await admin.command({ getParameter: 1, [name]: 1 });
    if (seconds === LIFETIME_DEFAULT_SECONDS)
      await admin.command({ setParameter: 1, [name]: LIFETIME_SECONDS });
    return 0;
  });
}

/** The result of `work`; 0 if the server refuses it, as Atlas often does. A refusal is logged and counts from then on. */
async function ifAllowed(what: string, work: (admin: mongo.Db) => Promise<number>): Promise<number> {
  if (refused.has(what)) return 0;
  try {
    return await work(mongoose.connection.getClient().db("admin") as mongo.Db); // Mongoose has no other driver here
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoServerError) || isOutcomeUnknown(error)) throw error;
    refused.add(what);
    log.info({ what, code: error.code }, "the database does not allow it; see docs/operations.md, Database");
    return 0;
  }
}
