import "server-only";
import type { Model, mongo, Schema } from "mongoose";

/** An index without its name, with the options that ours use. */
export type Wanted = Pick<
  mongo.IndexDescriptionInfo,
  "key" | "unique" | "partialFilterExpression" | "expireAfterSeconds" | "collation"
>;
export type Index = Wanted & { name: string };

/** The indexes that the model's schema names. */
export function wantedIndexes(model: Model<never>): Wanted[] {
  return model.schema.indexes().map(([keys, options]: ReturnType<Schema["indexes"]>[number]) => ({
    key: keys as Wanted["key"], // the driver takes whatever a schema takes
    ...(options.unique === true ? { unique: true } : {}),
    ...(options.partialFilterExpression ? { partialFilterExpression: options.partialFilterExpression } : {}),
    ...(options.expireAfterSeconds === undefined ? {} : { expireAfterSeconds: options.expireAfterSeconds }),
    ...(options.collation ? { collation: options.collation } : {}),
  }));
}

const isEqual = (one: unknown, other: unknown) =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Whether MongoDB takes both for the same index, so that only one of them can stand. They may expire at other times. */
export function isTwin(stored: Index, wanted: Wanted): boolean {
  return (
    isEqual(stored.key, wanted.key) &&
    (stored.unique === true) === (wanted.unique === true) &&
    isEqual(stored.partialFilterExpression, wanted.partialFilterExpression) &&
    isSameCollation(stored.collation, wanted.collation)
  );
}

/** A stored collation has the defaults of its locale filled in. */
function isSameCollation(stored: Wanted["collation"], wanted: Wanted["collation"]): boolean {
  if (!stored || !wanted) return !stored && !wanted;
  return Object.entries(wanted).every(([field, value]) => isEqual(Reflect.get(stored, field), value));
}

/** MongoDB's own name for an index with these keys. */
export function defaultName({ key }: Wanted): string {
  return Object.entries(key).flat().join("_");
}

/** The name under which the index stands, or a free one: its predecessor may still have the default name. */
export function nameFor(index: Wanted, stored: Index[]): string {
  const base = defaultName(index);
  const names = [base, ...stored.map((_, at) => `${base}_v${at + 2}`)]; // one more than are stored
  const free = names.find((name) => !stored.some((other) => other.name === name));
  return stored.find((other) => isTwin(other, index))?.name ?? free ?? base;
}

/** Whether `stored` is `index` as another version of ours made it: the same keys under a name that we give. */
export function isOldForm(stored: Index, index: Wanted): boolean {
  return isEqual(stored.key, index.key) && stored.name.replace(/_v\d+$/, "") === defaultName(index);
}
