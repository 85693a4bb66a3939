import "server-only";
import type { Model, QueryFilter } from "mongoose";
import type { Count } from "@/lib/api/contracts";
import { QUERY_TIME_MAX_MS } from "./db";

const COUNT_CAP = 1_000;

/** How many documents match, read from an index alone if one covers `filter`; from 1,000 on "999+". */
export async function cappedCount<Doc>(model: Model<Doc>, filter: QueryFilter<Doc>): Promise<Count> {
  const count = await model.countDocuments(filter, { limit: COUNT_CAP, maxTimeMS: QUERY_TIME_MAX_MS });
  return count >= COUNT_CAP ? "999+" : count;
}
