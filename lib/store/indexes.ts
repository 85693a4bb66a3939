import "server-only";
import mongoose, { type Model, type Schema } from "mongoose";
import { AuditEvent } from "@/models/AuditEventModel";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { DiscardedFile } from "@/models/DiscardedFileModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Erasure } from "@/models/ErasureModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { Member } from "@/models/MemberModel";
import { RateLimit } from "@/models/RateLimitModel";
import { Setting } from "@/models/SettingModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { TicketEvent } from "@/models/TicketEventModel";

const MODELS: Model<never>[] = [
  EmailThread,
  EmailMessage,
  InboundEmail,
  ThreadAlias,
  TicketEvent,
  Card,
  Destination,
  Member,
  RateLimit,
  LiveSlot,
  AuditEvent,
  Setting,
  Erasure,
  DiscardedFile,
] as unknown as Model<never>[]; // only members that every model has are used below

/**
 * Creates every missing collection and index, and rebuilds an index of ours whose options changed since another
 * version; leaves all others alone. Run it before the first start of a version, never in a serving process.
 * Collections come first, since a transaction cannot create one during an index build.
 */
export async function createIndexes(): Promise<void> {
  for (const model of MODELS) {
    await model.createCollection();
    for (const [keys, options] of model.schema.indexes()) await createIndex(model, keys, options);
  }
}

type Index = ReturnType<Schema["indexes"]>[number];

async function createIndex(model: Model<never>, keys: Index[0], options: Index[1]): Promise<void> {
  const { partialFilterExpression, unique, expireAfterSeconds, collation } = options; // the options that our indexes use
  const own = {
    ...(partialFilterExpression ? { partialFilterExpression } : {}),
    ...(unique === true ? { unique } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    ...(collation ? { collation } : {}),
  };
  const spec = keys as mongoose.mongo.IndexSpecification; // the driver takes whatever a schema takes
  try {
    await model.collection.createIndex(spec, own);
  } catch (error) {
    // 85 IndexOptionsConflict, 86 IndexKeySpecsConflict: an older version's index with the same keys.
    if (!(error instanceof mongoose.mongo.MongoServerError) || (error.code !== 85 && error.code !== 86))
      throw error;
    await model.collection.dropIndex(Object.entries(keys).flat().join("_"));
    await model.collection.createIndex(spec, own);
  }
}

/** The indexes that the product needs and the database lacks, as "collection: keys". */
export async function missingIndexes(): Promise<string[]> {
  const missing: string[] = [];
  for (const model of MODELS) {
    const stored = await storedKeys(model.collection.collectionName);
    for (const [keys] of model.schema.indexes()) {
      if (!stored.has(JSON.stringify(keys)))
        missing.push(`${model.collection.collectionName}: ${JSON.stringify(keys)}`);
    }
  }
  return missing;
}

async function storedKeys(collection: string): Promise<Set<string>> {
  const cursor = mongoose.connection.collection(collection).listIndexes();
  try {
    return new Set((await cursor.toArray()).map((index) => JSON.stringify(index.key)));
  } catch (error) {
    // 26 NamespaceNotFound: a collection that does not exist yet has no indexes.
    if (error instanceof mongoose.mongo.MongoServerError && error.code === 26) return new Set();
    throw error;
  }
}
