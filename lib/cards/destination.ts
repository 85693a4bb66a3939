import "server-only";
import { randomUUID } from "node:crypto";
import type { QueryFilter } from "mongoose";
import { trusted } from "@/lib/store/db";
import { readClock, type Clock } from "@/lib/store/clock";
import type { DiscordClient } from "@/lib/discord/client";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import type { CardsConfig } from "./config";
import { sha256 } from "@/lib/hash";

/** `_id` of the row for Discord as a whole: its blocks, and the webhook in use. */
export const ALL_OF_DISCORD = "discord";

/** Longer than a request, the question whether its refusal counts, and their recording take. */
const LEASE_MS = 45_000;
/** Pause after Cloudflare blocked this machine, doubled each time in a row. */
const BLOCK_MS = 15 * 60_000;
const BLOCK_MAX_MS = 60 * 60_000;

/** The rows of the webhook and of Discord as a whole, and when they were read, by the database's clock. */
export type Destinations = { own: StoredDestination; all: StoredDestination; now: Date };

/** Everything a worker with the destination's lease needs to send. */
export type Sender = {
  destinations: Destinations;
  client: DiscordClient;
  appUrl: string | null;
  /** The database's clock, which goes on by this process's monotonic one. */
  clock: () => Date;
  /** Whether the destination's lease still holds; asked right before each request. */
  isHeld: () => boolean;
};

/**
 * The stored state of the configured webhook. A new webhook becomes the one in use; one with a new token is used again
 * even if it was paused. Null if a process that started later uses another webhook: this process then sends nothing.
 */
export async function openDestination(config: CardsConfig, clock: Clock): Promise<Destinations | null> {
  const tokenHash = sha256(config.webhook.token);
  const found = await findDestinations(config, clock);
  if (isInUse(found, config.webhook.id, tokenHash)) return found;

  const { all } = found;
  const readAt = config.readAt(await readClock(clock));
  if (all?.configuredAt && all.configuredAt > readAt) return null;
  await register(config, readAt, tokenHash, all !== null && all.webhookId !== config.webhook.id);
  const registered = await findDestinations(config, clock);
  return isInUse(registered, config.webhook.id, tokenHash) ? registered : null;
}

type Read = StoredDestination & { now: Date };
type Found = { own: StoredDestination | null; all: StoredDestination | null; now: Date | null };

function isInUse(found: Found, webhookId: string, tokenHash: string): found is Destinations {
  return (
    found.all?.webhookId === webhookId &&
    found.all.tokenHash === tokenHash &&
    found.own?.tokenHash === tokenHash
  );
}

export function destinationId(webhookId: string): string {
  return `${ALL_OF_DISCORD}:${webhookId}`;
}

async function findDestinations({ webhook }: CardsConfig, clock: Clock): Promise<Found> {
  const id = destinationId(webhook.id);
  const rows = await Destination.aggregate<Read>([
    { $match: { _id: { $in: [id, ALL_OF_DISCORD] } } },
    { $set: { now: clock } },
  ]);
  const own = rows.find((row) => row._id === id) ?? null;
  const all = rows.find((row) => row._id !== id) ?? null;
  return { own, all, now: own?.now ?? null };
}

/** Writes the configuration if it differs, the webhook's own row first, so a crash in between repeats it. */
async function register(
  { webhook }: CardsConfig,
  readAt: Date,
  tokenHash: string,
  isExchange: boolean,
): Promise<void> {
  const _id = destinationId(webhook.id);
  const resumed = { tokenHash, pausedReason: null, pausedAt: null, askedAt: null, blockedUntil: null };
  await ignoringDuplicate(() =>
    Destination.updateOne(
      { _id },
      { $setOnInsert: { webhookId: webhook.id, tokenHash, takenOverAt: readAt } },
      { upsert: true },
    ),
  );
  await Destination.updateOne({ _id, tokenHash: trusted({ $ne: tokenHash }) }, { $set: resumed });
  if (isExchange) await Destination.updateOne({ _id }, { $set: { takenOverAt: null } });
  await ignoringDuplicate(() =>
    Destination.updateOne(
      { _id: ALL_OF_DISCORD, $or: [{ configuredAt: null }, { configuredAt: trusted({ $lte: readAt }) }] },
      { $set: { webhookId: webhook.id, tokenHash, configuredAt: readAt } },
      { upsert: true },
    ),
  );
}

/** Runs an insert, and accepts the row of another worker that inserted it at the same moment. */
export async function ignoringDuplicate(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** True if the webhook is neither paused nor blocked now. */
export function isOpen(destinations: Destinations, now: Date): boolean {
  return destinations.own.pausedReason === null && !isBlocked(destinations, now);
}

export function isBlocked({ own, all }: Destinations, now: Date): boolean {
  return isLater(own.blockedUntil, now) || isLater(all.blockedUntil, now);
}

export function isLater(date: Date | null, now: Date): boolean {
  return date !== null && date > now;
}

type Lease = { isHeld: () => boolean; release: () => Promise<void> };

/** Runs `work`, and ends the lease also if it fails. */
export async function withLease<Value>({ release }: Lease, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Leases the webhook for one worker; null if it is leased, blocked or paused. */
export function leaseDestination(id: string, clock: Clock): Promise<Lease | null> {
  return lease({ _id: id, pausedReason: null }, clock, {});
}

/**
 * Leases a paused webhook for a question to Discord, and records the question. Null if the webhook is leased, blocked
 * or not paused, or was asked about less than `gapMs` ago.
 */
export function leasePaused(id: string, clock: Clock, gapMs: number): Promise<Lease | null> {
  const isAskable = trusted({ $lte: ["$askedAt", { $subtract: [clock, gapMs] }] });
  const paused = { _id: id, pausedReason: trusted({ $ne: null }), $expr: isAskable };
  return lease(paused, clock, { askedAt: clock });
}

async function lease(
  filter: QueryFilter<StoredDestination>,
  clock: Clock,
  also: Record<string, unknown>,
): Promise<Lease | null> {
  const { _id: id } = filter;
  const leaseId = randomUUID();
  const heldUntil = performance.now() + LEASE_MS;
  // Null and missing dates come before every date.
  const isOver = (field: string) => ({ $lte: [`$${field}`, clock] });
  const isFree = { $expr: trusted({ $and: [isOver("blockedUntil"), isOver("leaseUntil")] }) };
  const leased = await Destination.findOneAndUpdate(
    { $and: [filter, isFree] },
    [{ $set: { leaseId, leaseUntil: { $add: [clock, LEASE_MS] }, ...also } }],
    { updatePipeline: true },
  ).lean();
  if (!leased) return null;
  return {
    isHeld: () => performance.now() < heldUntil,
    release: async () => {
      await Destination.updateOne({ _id: id, leaseId }, { $set: { leaseId: null, leaseUntil: null } });
    },
  };
}

/** Blocks requests to the webhook until `until`; to all of Discord if `isGlobal`. */
export async function blockDestination(id: string, until: Date, isGlobal: boolean): Promise<void> {
  const ids = isGlobal ? [id, ALL_OF_DISCORD] : [id];
  await settleOutcome(() =>
    Destination.updateMany({ _id: trusted({ $in: ids }) }, { $max: { blockedUntil: until } }),
  );
}

/** Blocks edits of messages older than an hour until `until`. */
export async function blockOldEdits(id: string, until: Date): Promise<void> {
  await settleOutcome(() => Destination.updateOne({ _id: id }, { $max: { oldEditsBlockedUntil: until } }));
}

/** Blocks all requests for 15 minutes, the next time in a row for 30, then for an hour. */
export async function blockMachine({ own, all }: Destinations, at: Date): Promise<void> {
  const until = new Date(at.getTime() + Math.min(BLOCK_MS * 2 ** all.blocks, BLOCK_MAX_MS));
  await settleOutcome(() =>
    Destination.updateOne(
      { _id: ALL_OF_DISCORD },
      { $set: { blocks: all.blocks + 1 }, $max: { blockedUntil: until } },
    ),
  );
  await blockDestination(own._id, until, false);
}

export async function forgetBlocks(): Promise<void> {
  await Destination.updateOne({ _id: ALL_OF_DISCORD }, { $set: { blocks: 0 } });
}
