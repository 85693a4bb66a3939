import "server-only";
import { ATTENTION_KINDS, type AttentionKind } from "@/lib/api/vocabulary";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailThread } from "@/models/EmailThreadModel";

/** More tickets than this are not counted, so that a desk in trouble does not make its own metrics slow. */
const COUNTED_MAX = 10_000;
const BY_AGE = { needsLookAt: 1, _id: 1 } as const;
const NEEDS_LOOK = { needsLookAt: trusted({ $type: "date" as const }), mergedInto: null };

/** How many tickets need a look, by the gravest reason of each. */
export async function countNeedsLook(): Promise<[AttentionKind, number][]> {
  const counted = await EmailThread.aggregate<{ _id: AttentionKind; count: number }>([
    { $match: NEEDS_LOOK },
    { $sort: BY_AGE },
    { $limit: COUNTED_MAX },
    { $group: { _id: "$attention.kind", count: { $sum: 1 } } },
  ]).option({ maxTimeMS: QUERY_TIME_MAX_MS });
  const counts = new Map(counted.map(({ _id, count }) => [_id, count]));
  return ATTENTION_KINDS.filter((kind) => kind !== "customer_mail").map((kind) => [
    kind,
    counts.get(kind) ?? 0,
  ]);
}

/** How long the ticket that needs a look longest has needed it, in seconds by the database's clock; 0 for none. */
export async function oldestNeedsLook(): Promise<number> {
  const [oldest] = await EmailThread.aggregate<{ seconds: number }>([
    { $match: NEEDS_LOOK },
    { $sort: BY_AGE },
    { $limit: 1 },
    { $project: { seconds: { $divide: [{ $subtract: ["$$NOW", "$needsLookAt"] }, 1_000] } } },
  ]).option({ maxTimeMS: QUERY_TIME_MAX_MS });
  return Math.max(0, oldest?.seconds ?? 0);
}
