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
import { processSingleton } from "./process-singleton";
import { RateLimit } from "@/models/RateLimitModel";

const WINDOW_SECONDS = 60;

/**
 * How often one sender may ask for one thing in a minute, each several times what the busiest person or program was
 * seen to need. Counted in the database, exact over all processes. Where that is away, what changes tickets or sends
 * mail waits for it; the others `failOpen`: each process counts by itself meanwhile.
 */
export const PACES = {
  /** Mails a person sends. Thirty in a minute is no longer writing. */
  reply: { perMinute: 30, failOpen: false },
  /** Claims, unclaims and statuses: two a second each, for somebody who sorts with the keyboard. */
  change: { perMinute: 120, failOpen: false },
  /** Ten a second: several windows that cannot have the live stream and ask every 1.5 s instead. */
  read: { perMinute: 600, failOpen: true },
  /** Pages of one address, which may be a whole office; each row of a list is looked at ahead. */
  page: { perMinute: 3_000, failOpen: true },
  /** Sign-ins, and what timers and readers of metrics ask for. */
  anonymous: { perMinute: 60, failOpen: true },
  /** Whoever is not let in: without a session, a stranger to the team, or with a wrong secret. */
  closed: { perMinute: 600, failOpen: true },
  /** Mail that a provider or mail server hands over, as after an outage of an hour. The rest comes again. */
  inbound: { perMinute: 600, failOpen: true },
} as const;
export type Pace = keyof typeof PACES;

/** Thrown for a sender that asks too often. `retryAfterSeconds` is at least 1. */
export class TooFastError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super(`That was more than the desk takes in a minute. Try again in ${retryAfterSeconds} s.`);
    this.name = "TooFastError";
  }
}

/**
 * Counts one request of `sender` (a member at one route, or an address) at `pace`. Throws `TooFastError` for a sender
 * that was faster, and the database's own error if it is away and the pace does not fail open.
 */
export async function keepPace(pace: Pace, sender: string): Promise<void> {
  const { perMinute, failOpen } = PACES[pace];
  const points = Math.ceil(perMinute * env().RATE_LIMIT_FACTOR);
  try {
    if (failOpen) await consumeOrFailOpen(pace, points, sender);
    else await (await sharedLimiter(pace, points)).consume(sender);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw new TooFastError(Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
  }
}

type Limiters = Map<string, RateLimiterAbstract>;
const own = processSingleton("pace-own", (): Limiters => new Map());
const shared = processSingleton("pace-shared", () => new WeakMap<mongo.MongoClient, Limiters>());

/**
 * Longest time a request waits for its count, in milliseconds: a database that is only busy must not make a process
 * count by itself, and so let more through. And how long one that did not answer is not asked again.
 */
const STORE_WAIT_MS = 8_000;
const STORE_REST_MS = 10_000;
const store = processSingleton("pace-store", () => ({ awayUntil: 0 }));

/** Rejects as `consume` does where the sender was too fast, by the database's count or else by this process's own. */
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
      store.awayUntil = performance.now() + STORE_REST_MS;
    }
  }
  await ownLimiter(pace, points).consume(sender);
}

function ownLimiter(pace: Pace, points: number): RateLimiterAbstract {
  return kept(
    own,
    `${pace} ${points}`,
    () => new RateLimiterMemory({ keyPrefix: pace, points, duration: WINDOW_SECONDS }),
  );
}

async function sharedLimiter(pace: Pace, points: number): Promise<RateLimiterAbstract> {
  await connectDb();
  const client = mongoose.connection.getClient() as mongo.MongoClient; // Mongoose's own driver gives nothing else
  let limiters = shared.get(client);
  if (!limiters) shared.set(client, (limiters = new Map()));
  return kept(limiters, `${pace} ${points}`, () => {
    // A count that a failover loses lets a few more pass; not worth a majority's wait before every claim.
    const storeClient = client.db(mongoose.connection.name, { writeConcern: { w: 1 } });
    return new RateLimiterMongo({
      storeClient,
      keyPrefix: pace,
      points,
      duration: WINDOW_SECONDS,
      tableName: RateLimit.collection.collectionName,
      disableIndexesCreation: true,
      // Once refused, a flood costs the database nothing for the rest of its minute.
      inMemoryBlockOnConsumed: points + 1,
    });
  });
}

function kept(limiters: Limiters, name: string, make: () => RateLimiterAbstract): RateLimiterAbstract {
  const limiter = limiters.get(name) ?? make();
  limiters.set(name, limiter);
  return limiter;
}
