import "server-only";
import mongoose, { type Model, type mongo } from "mongoose";
import { AuditEvent } from "@/models/AuditEventModel";
import { BulkJob } from "@/models/BulkJobModel";
import { Card } from "@/models/CardModel";
import { DeadLetter } from "@/models/DeadLetterModel";
import { Desk } from "@/models/DeskModel";
import { Destination } from "@/models/DestinationModel";
import { DiscardedFile } from "@/models/DiscardedFileModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Erasure } from "@/models/ErasureModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { Member } from "@/models/MemberModel";
import { RateLimit } from "@/models/RateLimitModel";
import { RetentionJob } from "@/models/RetentionJobModel";
import { Schedule } from "@/models/ScheduleModel";
import { Setting } from "@/models/SettingModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { Worker } from "@/models/WorkerModel";
import { onOwnConnection } from "./db";
import {
  defaultName,
  isOldForm,
  isTwin,
  nameFor,
  wantedIndexes,
  type Index,
  type Wanted,
} from "./index-plan";
import { withProgress, type Report } from "./index-progress";

const MODELS: Model<never>[] = [
  EmailThread,
  EmailMessage,
  InboundEmail,
  ThreadAlias,
  TicketEvent,
  Card,
  Desk,
  Destination,
  Member,
  RateLimit,
  LiveSlot,
  AuditEvent,
  Schedule,
  Setting,
  Erasure,
  DiscardedFile,
  RetentionJob,
  BulkJob,
  Worker,
  DeadLetter,
] as unknown as Model<never>[]; // only members that every model has are used below

/**
 * Creates every missing collection and index, and replaces an index of ours whose options changed since another version;
 * leaves all others alone. Run it before the first start of a version. On large collections it may take hours, on a
 * connection of its own that never times out, while the desk keeps working. It may be interrupted and run again: the
 * server goes on with what it has begun, and the next run waits for that. Tells `report` what it does and how far it is.
 */
export async function createIndexes(report: Report = () => {}): Promise<void> {
  await onOwnConnection(async (db) => {
    for (const model of MODELS) await settleIndexes(db, model, report);
  });
}

/**
 * The collection comes first, since a transaction cannot create one during an index build. Then one command builds all
 * its indexes in one scan; those that they replace are dropped afterwards.
 */
async function settleIndexes(db: mongo.Db, model: Model<never>, report: Report): Promise<void> {
  const collection = db.collection(model.collection.collectionName);
  await createCollection(db, collection.collectionName);
  const wanted = wantedIndexes(model);
  if (wanted.length === 0) return;
  for (const index of wanted) await settleExpiry(db, collection, index, report);

  const stored = await storedIndexes(collection);
  // Those that stand are named as well: if the server still builds one, the command waits for it.
  const named: Index[] = [];
  for (const index of wanted) named.push({ ...index, name: nameFor(index, [...stored, ...named]) });
  const names = new Set(named.map(({ name }) => name));
  const built = named.filter(({ name }) => !stored.some((other) => other.name === name));
  await withProgress(collection, built, report, () => collection.createIndexes(named));

  const replaced = stored.filter(
    (other) => !names.has(other.name) && wanted.some((index) => isOldForm(other, index)),
  );
  for (const { name } of replaced) await dropIndex(collection, name, report);
}

/**
 * MongoDB refuses a second index that differs only in when it expires documents, and changes that in place. It cannot
 * make one stop expiring: only then the old one has to go before its successor is built.
 */
async function settleExpiry(
  db: mongo.Db,
  collection: mongo.Collection,
  index: Wanted,
  report: Report,
): Promise<void> {
  const twin = (await storedIndexes(collection)).find((other) => isTwin(other, index));
  const { expireAfterSeconds } = index;
  if (!twin || twin.expireAfterSeconds === expireAfterSeconds) return;
  if (expireAfterSeconds === undefined) {
    // Somebody else's stays, and the server then refuses ours with a message that names both.
    if (isOldForm(twin, index)) await dropIndex(collection, twin.name, report);
    return;
  }
  report(
    `${collection.collectionName}: ${twin.name} expires documents after ${expireAfterSeconds} s from now on`,
  );
  await db.command({
    collMod: collection.collectionName,
    index: { name: twin.name, expireAfterSeconds },
  });
}

async function createCollection(db: mongo.Db, name: string): Promise<void> {
  await db.createCollection(name).catch(unlessCode(48)); // NamespaceExists
}

async function dropIndex(collection: mongo.Collection, name: string, report: Report): Promise<void> {
  report(`${collection.collectionName}: dropping the old ${name}`);
  await collection.dropIndex(name).catch(unlessCode(27)); // IndexNotFound: another run has dropped it
}

function unlessCode(code: number) {
  return (error: unknown): void => {
    if (!(error instanceof mongoose.mongo.MongoServerError) || error.code !== code) throw error;
  };
}

/** A collection with fewer documents gets its missing indexes from a starting process, within a second or so. */
const SMALL_COLLECTION = 10_000;

/**
 * Creates the missing collections, and the missing indexes of small ones. Returns what is still missing, as "collection:
 * keys". Changes no index that stands, so two versions of the desk may start beside each other.
 */
export async function createSmallIndexes(): Promise<string[]> {
  const left: string[] = [];
  for (const model of MODELS) {
    const missing = await missingOf(model);
    await model.createCollection();
    if (missing.length === 0) continue;
    const isSmall = (await model.collection.estimatedDocumentCount()) < SMALL_COLLECTION;
    if (isSmall)
      await model.collection.createIndexes(missing.map((index) => ({ ...index, name: defaultName(index) })));
    else left.push(...missing.map((index) => describe(model, index)));
  }
  return left;
}

/**
 * The indexes that the product needs and the database lacks, as "collection: keys". One with other options than ours
 * counts as there, so that the version that runs stays ready while the next one's indexes are built.
 */
export async function missingIndexes(): Promise<string[]> {
  const missing: string[] = [];
  for (const model of MODELS)
    missing.push(...(await missingOf(model)).map((index) => describe(model, index)));
  return missing;
}

const describe = (model: Model<never>, { key }: Wanted) =>
  `${model.collection.collectionName}: ${JSON.stringify(key)}`;

async function missingOf(model: Model<never>): Promise<Wanted[]> {
  const stored = await storedIndexes(mongoose.connection.collection(model.collection.collectionName));
  const keys = new Set(stored.map(({ key }) => JSON.stringify(key)));
  return wantedIndexes(model).filter(({ key }) => !keys.has(JSON.stringify(key)));
}

async function storedIndexes(collection: mongo.Collection): Promise<Index[]> {
  try {
    return (await collection.listIndexes().toArray()) as Index[]; // the server's documented fields
  } catch (error) {
    // 26 NamespaceNotFound: a collection that does not exist yet has no indexes.
    unlessCode(26)(error);
    return [];
  }
}
