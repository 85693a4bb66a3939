import "server-only";
import mongoose, { type mongo } from "mongoose";
import {
  RateLimiterMemory,
  RateLimiterMongo,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
import { connectDb } from "@/lib/db";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { RateLimit } from "@/models/RateLimitModel";
import { ROUTES, type RouteKey } from "./access";
import { Refusal } from "./refusal";

const WINDOW_SECONDS = 60;

/**
 * How often one sender may ask in a minute, each several times what the busiest person or program was seen to need.
 * Counts that guard something are in the database, exact over all processes, and without it nothing passes. Reads
 * change nothing and come every 1.5 s from each open list: they are counted in the process, and cost no write.
 */
export const PACES = {
  /** Mails a person sends. Thirty in a minute is no longer writing. */
  reply: { perMinute: 30, isShared: true },
  /** Claims, unclaims and statuses: two a second, for somebody who sorts with the keyboard. */
  change: { perMinute: 120, isShared: true },
  /** Ten a second: several lists, in several windows, that ask again by themselves. */
  read: { perMinute: 600, isShared: false },
  /** Sign-ins, and what timers and readers of metrics ask for. */
  anonymous: { perMinute: 60, isShared: true },
  /** Mail that a provider hands over, as after an outage of an hour. The rest is told to come again. */
  inbound: { perMinute: 600, isShared: true },
} as const;
export type Pace = keyof typeof PACES;

/** The pace of a route's right requests, or null for what a load balancer asks all the time. */
export function paceOf(route: RouteKey): Pace | null {
  if (route === "POST /api/emails/reply") return "reply";
  if (route === "POST /api/emails/inbound") return "inbound";
  if (route.startsWith("GET /api/health/")) return null;
  const who: string = ROUTES[route];
  if (who === "public" || who.startsWith("bearer:")) return "anonymous";
  return route.startsWith("GET ") ? "read" : "change";
}

/**
 * Counts one request of `sender` (a member's id, or an address) at `pace`. Refuses with 429, and when to ask again,
 * whoever was faster. Throws what the database threw where the count is there and it is away.
 */
export async function keepPace(pace: Pace, sender: string): Promise<void> {
  const { perMinute, isShared } = PACES[pace];
  const points = Math.ceil(perMinute * env().RATE_LIMIT_FACTOR);
  const limiter = isShared ? await sharedLimiter(pace, points) : ownLimiter(pace, points);
  try {
    await limiter.consume(sender);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
    throw new Refusal(
      "too_many_requests",
      `That was more than the desk takes in a minute. Try again in ${seconds} s.`,
      {},
      { "retry-after": String(seconds) },
    );
  }
}

type Limiters = Map<string, RateLimiterAbstract>;
const own = processSingleton("pace-own", (): Limiters => new Map());
const shared = processSingleton("pace-shared", () => new WeakMap<mongo.MongoClient, Limiters>());

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
    const tableName = RateLimit.collection.collectionName;
    const options = {
      keyPrefix: pace,
      points,
      duration: WINDOW_SECONDS,
      tableName,
      disableIndexesCreation: true,
    };
    return new RateLimiterMongo({ storeClient, ...options });
  });
}

function kept(limiters: Limiters, name: string, make: () => RateLimiterAbstract): RateLimiterAbstract {
  const limiter = limiters.get(name) ?? make();
  limiters.set(name, limiter);
  return limiter;
}
