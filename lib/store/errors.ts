import "server-only";
import mongoose from "mongoose";

/** True if a write failed because its `_id`, or another unique key, is already stored (11000 DuplicateKey). */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 11_000;
}
