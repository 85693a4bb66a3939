import "server-only";
import mongoose, { type Model } from "mongoose";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { Member } from "@/models/MemberModel";
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
] as unknown as Model<never>[]; // only the parts every model has are used below

/**
 * Creates every collection and index that is missing; those that stand are left as they are. A step of its own, run
 * before the first start of a version, never by a serving process. Collections are made first, since a transaction
 * cannot make one beside an index build.
 */
export async function createIndexes(): Promise<void> {
  for (const model of MODELS) {
    await model.createCollection();
    await model.createIndexes();
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
