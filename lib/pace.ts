import "server-only";
import mongoose, { type mongo } from "mongoose";
import {
  RateLimiterMemory,
  RateLimiterMongo,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { connectDb } from "@/lib/store/db";
import { within } from "@/lib/process/deadline";
import { env } from "./env";
import { spend } from "./pace-slices";
import { processSingleton } from "./process-singleton";
import { RateLimit } from "@/models/RateLimitModel";

const WINDOW_SECONDS = 60;

/**
 * How many requests of one kind a sender may make in a minute: several times the most that a busy person or program was
 * seen to need. How they are counted:
 * - `exact`: in the database, exactly over all processes, before the request goes on. If the database is away, a pace
 *   with `failOpen` is counted per process, and another fails.
 * - `slices`: in the database, a tenth of the limit at a time, behind the requests: at most five for each process above
 *   the limit. Fails if the database is away.
 * - `own`: in each process by itself.
 */
export const PACES = {
  /** Replies of a member. Nobody writes thirty in a minute. */
  reply: { perMinute: 30, counted: "exact", failOpen: false },
  /** Claims, unclaims and statuses: two of each a second, for somebody who sorts with the keyboard. */
  change: { perMinute: 120, counted: "slices" },
  /** Ten a second, for several windows without a live stream that poll every 1.5 s. */
  read: { perMinute: 600, counted: "own" },
  /** Pages for one address, which may be a whole office; browsers also prefetch the rows of a list. */
  page: { perMinute: 3_000, counted: "own" },
  /** Pages for which Clerk is asked to renew a session, for one address: two a second. */
  renewal: { perMinute: 120, counted: "exact", failOpen: true },
  /** Sign-ins, timers and readers of metrics. */
  anonymous: { perMinute: 60, counted: "exact", failOpen: true },
  /** Refused callers: without a session, not on the team, or with a wrong secret. */
  closed: { perMinute: 600, counted: "exact", failOpen: true },
  /** Mail from a provider or mail server, even after an hour's outage; it sends the rest again. */
  inbound: { perMinute: 600, counted: "exact", failOpen: true },
} as const;
export type Pace = keyof typeof PACES;

/** A sender made too many requests. `retryAfterSeconds` is at least 1. */
export class TooFastError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`That was more than the desk takes in a minute. Try again in ${retryAfterSeconds} s.`);
    this.name = "TooFastError";
  }
}

/**
 * Counts one request of `sender` (a member at one route, or an address) at `pace`. Throws `TooFastError` above the
 * limit, and the database's own error if the pace fails without the database.
 */
export async function keepPace(pace: Pace, sender: string): Promise<void> {
  const settings = PACES[pace];
  const points = Math.ceil(settings.perMinute * env().RATE_LIMIT_FACTOR);
  try {
    if (settings.counted === "own") await ownLimiter(pace, points).consume(sender);
    else if (settings.counted === "slices") await spendOrThrow(pace, points, sender);
    else if (settings.failOpen) await consumeOrFailOpen(pace, points, sender);
    else await (await sharedLimiter(pace, points)).consume(sender);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw tooFast(error.msBeforeNext);
  }
}

const tooFast = (waitMs: number) => new TooFastError(Math.max(1, Math.ceil(waitMs / 1_000)));

async function spendOrThrow(pace: Pace, points: number, sender: string): Promise<void> {
  const size = Math.ceil(points / 10);
  const waitMs = await spend(`${pace} ${points} ${sender}`, async () => {
    const limiter = await sharedLimiter(pace, points);
    const { consumedPoints, msBeforeNext } = await limiter.penalty(sender, size); // never refuses
    const left = points - (consumedPoints - size);
    return {
      points: Math.max(0, Math.min(size, left)),
      endsInMs: msBeforeNext,
      isLast: consumedPoints >= points,
    };
  });
  if (waitMs !== null) throw tooFast(waitMs);
}

type Limiters = Map<string, RateLimiterAbstract>;
const own = processSingleton("pace-own", (): Limiters => new Map());
const shared = processSingleton("pace-shared", () => new WeakMap<mongo.MongoClient, Limiters>());

/**
 * Longest wait for the database to count a request, in milliseconds; long, so that a busy database does not make each
 * process count by itself and let more through.
 */
const STORE_WAIT_MS = 8_000;
/** How long a database that did not answer is left alone, in milliseconds. */
const STORE_PAUSE_MS = 10_000;
const store = processSingleton("pace-store", () => ({ awayUntil: 0 }));

/** Rejects like `consume` for a sender above the limit, by the database's count or else by this process's own. */
async function consumeOrFailOpen(pace: Pace, points: number, sender: string): Promise<void> {
  if (performance.now() >= store.awayUntil) {
    try {
      await within(
        STORE_WAIT_MS,
        sharedLimiter(pace, points).then((limiter) => limiter.consume(sender)),
      );
      return;
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      store.awayUntil = performance.now() + STORE_PAUSE_MS;
    }
  }
  await ownLimiter(pace, points).consume(sender);
}

function ownLimiter(pace: Pace, points: number): RateLimiterAbstract {
  return getOrMake(
    own,
    `${pace} ${points}`,
    () => new RateLimiterMemory({ keyPrefix: pace, points, duration: WINDOW_SECONDS }),
  );
}

async function sharedLimiter(pace: Pace, points: number): Promise<RateLimiterAbstract> {
  await connectDb();
  const client = mongoose.connection.getClient() as mongo.MongoClient; // Mongoose has no other driver here
  let limiters = shared.get(client);
  if (!limiters) shared.set(client, (limiters = new Map()));
  return getOrMake(limiters, `${pace} ${points}`, () => {
    // A failover may lose counts and let a few more pass; that is cheaper than waiting for a majority before each claim.
    const storeClient = client.db(mongoose.connection.name, { writeConcern: { w: 1 } });
    return new RateLimiterMongo({
      storeClient,
      keyPrefix: pace,
      points,
      duration: WINDOW_SECONDS,
      tableName: RateLimit.collection.collectionName,
      disableIndexesCreation: true,
      // After its first refusal a sender costs the database nothing for the rest of the minute.
      inMemoryBlockOnConsumed: points + 1,
    });
  });
}

function getOrMake(limiters: Limiters, name: string, make: () => RateLimiterAbstract): RateLimiterAbstract {
  const limiter = limiters.get(name) ?? make();
  limiters.set(name, limiter);
  return limiter;
}
