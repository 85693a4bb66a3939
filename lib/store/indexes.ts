import "server-only";
import mongoose, { type Model, type Schema } from "mongoose";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { LiveSlot } from "@/models/LiveSlotModel";
import { Member } from "@/models/MemberModel";
import { RateLimit } from "@/models/RateLimitModel";
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
] as unknown as Model<never>[]; // only the parts every model has are used below

/**
 * Creates every collection and index that is missing, and makes anew an index of ours whose options another version
 * had otherwise; all others are left as they are. A step of its own, run before the first start of a version, never
 * by a serving process. Collections are made first, since a transaction cannot make one beside an index build.
 */
export async function createIndexes(): Promise<void> {
  for (const model of MODELS) {
    await model.createCollection();
    for (const [keys, options] of model.schema.indexes()) await createIndex(model, keys, options);
  }
}

type Index = ReturnType<Schema["indexes"]>[number];

async function createIndex(model: Model<never>, keys: Index[0], options: Index[1]): Promise<void> {
  const { partialFilterExpression, unique, expireAfterSeconds } = options; // those that our indexes have
  const own = {
    ...(partialFilterExpression ? { partialFilterExpression } : {}),
    ...(unique === true ? { unique } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
  };
  const spec = keys as mongoose.mongo.IndexSpecification; // what a schema takes, the driver takes
  try {
    await model.collection.createIndex(spec, own);
  } catch (error) {
    // 85 IndexOptionsConflict, 86 IndexKeySpecsConflict: the same keys, with what an older version wanted of them.
    if (!(error instanceof mongoose.mongo.MongoServerError) || (error.code !== 85 && error.code !== 86))
      throw error;
    await model.collection.dropIndex(Object.entries(keys).flat().join("_"));
    await model.collection.createIndex(spec, own);
  }
}

/** Names of indexes that the product needs and the database lacks, as "collection: keys". */
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
