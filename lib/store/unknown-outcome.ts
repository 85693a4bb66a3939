import "server-only";
import mongoose from "mongoose";

/** How long a verb retries a write whose answer was lost, in milliseconds. */
const OUTCOME_BOX_MS = 10_000;

/** Thrown after the time for retries. The write may or may not have happened; the caller is told to repeat it. */
export class OutcomeUnknownError extends Error {
  constructor(cause: unknown) {
    super("The database did not answer in time; the change may or may not have been made.", { cause });
    this.name = "OutcomeUnknownError";
  }
}

const { MongoError } = mongoose.mongo;

/**
 * Whether the driver's error leaves open if the write happened: the network broke, the primary stepped down, the write
 * concern timed out, no server could be chosen. Judged by class and label, never by message.
 */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof mongoose.Error.MongooseServerSelectionError) return true;
  if (!(error instanceof MongoError)) return false;
  return (
    error instanceof mongoose.mongo.MongoNetworkError ||
    error instanceof mongoose.mongo.MongoServerSelectionError ||
    error instanceof mongoose.mongo.MongoWriteConcernError ||
    error.name === "MongoPoolClearedError" ||
    error.name === "MongoWaitQueueTimeoutError" ||
    error.name === "MongoNotConnectedError" ||
    error.hasErrorLabel("RetryableWriteError") ||
    error.hasErrorLabel("TransientTransactionError") ||
    error.hasErrorLabel("UnknownTransactionCommitResult")
  );
}

/**
 * Retries `attempt` while its outcome is unknown, for at most `boxMs` in all. Only for attempts that recognise their own
 * earlier success (by operation id, or by `_id`). Throws `OutcomeUnknownError` after that.
 */
export async function settleOutcome<Value>(
  attempt: () => Promise<Value>,
  boxMs = OUTCOME_BOX_MS,
): Promise<Value> {
  const deadline = performance.now() + boxMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error;
      if (performance.now() + pauseMs >= deadline) throw new OutcomeUnknownError(error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
