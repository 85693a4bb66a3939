import "server-only";
import { randomUUID } from "node:crypto";
import { trusted } from "@/lib/store/db";
import type { DiscordClient } from "@/lib/discord/client";
import type { DeadReason } from "@/lib/discord/failure";
import { log } from "@/lib/log";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import type { CardsConfig } from "./config";
import { sha256 } from "./facts";

/** What holds for all of Discord at once, and which webhook is the one in use. */
export const ALL_OF_DISCORD = "discord";

/** Longer than one request and the recording of its outcome, so that no two requests to a webhook overlap. */
const LEASE_MS = 30_000;
/** Wait after Cloudflare turned this machine away, doubling with each time in a row. */
const BLOCK_MS = 15 * 60_000;
const BLOCK_MAX_MS = 60 * 60_000;

export type Destinations = { own: StoredDestination; all: StoredDestination };

/** What a worker that holds the destination's lease sends with. */
export type Sender = {
  destinations: Destinations;
  client: DiscordClient;
  appUrl: string | null;
  clock: () => Date;
};

/**
 * The stored state of the configured webhook. A webhook that was not there before becomes the one in use; one whose
 * token changed is tried again. Null where a process that started later brought another webhook: then this one, about
 * to be replaced, sends nothing more.
 */
export async function openDestination(config: CardsConfig): Promise<Destinations | null> {
  const tokenHash = sha256(config.webhook.token);
  const found = await findDestinations(config);
  if (isInUse(found, config.webhook.id, tokenHash)) return found;

  const { all } = found;
  if (all?.configuredAt && all.configuredAt > config.readAt) return null;
  await register(config, tokenHash, all !== null && all.webhookId !== config.webhook.id);
  const registered = await findDestinations(config);
  return isInUse(registered, config.webhook.id, tokenHash) ? registered : null;
}

type Found = { own: StoredDestination | null; all: StoredDestination | null };

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

async function findDestinations({ webhook }: CardsConfig): Promise<Found> {
  const id = destinationId(webhook.id);
  const rows = await Destination.find({ _id: trusted({ $in: [id, ALL_OF_DISCORD] }) }).lean<
    StoredDestination[]
  >();
  return { own: rows.find((row) => row._id === id) ?? null, all: rows.find((row) => row._id !== id) ?? null };
}

/** Writes what differs, the webhook's own row first: a crash in between leaves it to be done again. */
async function register(
  { webhook, readAt }: CardsConfig,
  tokenHash: string,
  isExchange: boolean,
): Promise<void> {
  const _id = destinationId(webhook.id);
  const resumed = { tokenHash, pausedReason: null, pausedAt: null, blockedUntil: null };
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

/** Runs an insert whose row another worker may have made at the same moment; theirs is as good. */
export async function ignoringDuplicate(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** True where nothing forbids a request now. */
export function isOpen({ own, all }: Destinations, now: Date): boolean {
  return own.pausedReason === null && !isLater(own.blockedUntil, now) && !isLater(all.blockedUntil, now);
}

export function isLater(date: Date | null, now: Date): boolean {
  return date !== null && date > now;
}

/** The right to send to the webhook, for one worker at a time, or null where it is held, blocked or paused. */
export async function leaseDestination(
  id: string,
  now: Date,
): Promise<{ release: () => Promise<void> } | null> {
  const leaseId = randomUUID();
  const leased = await Destination.findOneAndUpdate(
    {
      _id: id,
      pausedReason: null,
      $and: [free("blockedUntil", now), free("leaseUntil", now)],
    },
    { $set: { leaseId, leaseUntil: new Date(now.getTime() + LEASE_MS) } },
  ).lean();
  if (!leased) return null;
  return {
    release: async () => {
      await Destination.updateOne({ _id: id, leaseId }, { $set: { leaseId: null, leaseUntil: null } });
    },
  };
}

export function free(field: string, now: Date) {
  return { $or: [{ [field]: null }, { [field]: trusted({ $lte: now }) }] };
}

/** Lets nothing be sent to the webhook before `until`; for everything of Discord where `isGlobal`. */
export async function blockDestination(id: string, until: Date, isGlobal: boolean): Promise<void> {
  const ids = isGlobal ? [id, ALL_OF_DISCORD] : [id];
  await settleOutcome(() =>
    Destination.updateMany({ _id: trusted({ $in: ids }) }, { $max: { blockedUntil: until } }),
  );
}

/** Holds back edits of messages older than an hour before `until`, and nothing else. */
export async function blockOldEdits(id: string, until: Date): Promise<void> {
  await settleOutcome(() => Destination.updateOne({ _id: id }, { $max: { oldEditsBlockedUntil: until } }));
}

/** Lets nothing be sent for 15 minutes, the next time in a row for 30, then for an hour. */
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

/** Sends nothing more to the webhook until another address is configured: asking again makes Discord restrict us. */
export async function pauseDestination(id: string, reason: DeadReason, at: Date): Promise<void> {
  log.error({ destination: id, reason }, "discord webhook paused");
  await settleOutcome(() =>
    Destination.updateOne({ _id: id, pausedReason: null }, { $set: { pausedReason: reason, pausedAt: at } }),
  );
}
